/// The three digits of an answer (RFC 9110 section 15).
public struct HTTPStatus: Sendable, Hashable, CustomStringConvertible, ExpressibleByIntegerLiteral {
    public let code: UInt16

    public init(_ code: UInt16) {
        self.code = code
    }

    public init(integerLiteral code: UInt16) {
        self.code = code
    }

    /// 1xx: an answer before the final one.
    public var isInterim: Bool { code / 100 == 1 }
    /// 2xx: the request was understood and done.
    public var isSuccess: Bool { code / 100 == 2 }
    /// 3xx: something else is to be done first.
    public var isRedirection: Bool { code / 100 == 3 }
    /// 4xx and 5xx, and the codes outside 100 to 599, which count as 5xx (RFC 9110 section 15).
    public var isFailure: Bool { code >= 400 || code < 100 }

    /// Answers with this status never have content (RFC 9112 section 6.3). That of 205 is empty, and says so
    /// (RFC 9110 section 15.3.6).
    public var hasNoContent: Bool { isInterim || code == 204 || code == 304 }

    public var description: String { "\(code)" }

    /// The code and its phrase, if it has one: `404 Not Found`, `599`.
    public var line: String { reason.isEmpty ? description : "\(code) \(reason)" }

    /// The phrase that the registry has for the code; empty where it has none.
    public var reason: String { Self.reasons.indices.contains(Int(code)) ? Self.reasons[Int(code)] : "" }

    /// By code, so that an answer need not search for its phrase.
    private static let reasons = (0..<600).map { registry[UInt16($0)] ?? "" }

    private static let registry: [UInt16: String] = [
        100: "Continue", 101: "Switching Protocols", 102: "Processing", 103: "Early Hints",
        200: "OK", 201: "Created", 202: "Accepted", 203: "Non-Authoritative Information", 204: "No Content",
        205: "Reset Content", 206: "Partial Content", 207: "Multi-Status", 208: "Already Reported", 226: "IM Used",
        300: "Multiple Choices", 301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
        305: "Use Proxy", 307: "Temporary Redirect", 308: "Permanent Redirect",
        400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found",
        405: "Method Not Allowed", 406: "Not Acceptable", 407: "Proxy Authentication Required",
        408: "Request Timeout", 409: "Conflict", 410: "Gone", 411: "Length Required", 412: "Precondition Failed",
        413: "Content Too Large", 414: "URI Too Long", 415: "Unsupported Media Type", 416: "Range Not Satisfiable",
        417: "Expectation Failed", 418: "I'm a teapot", 421: "Misdirected Request", 422: "Unprocessable Content",
        423: "Locked",
        424: "Failed Dependency", 425: "Too Early", 426: "Upgrade Required", 428: "Precondition Required",
        429: "Too Many Requests", 431: "Request Header Fields Too Large", 451: "Unavailable For Legal Reasons",
        500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
        504: "Gateway Timeout", 505: "HTTP Version Not Supported", 506: "Variant Also Negotiates",
        507: "Insufficient Storage", 508: "Loop Detected", 510: "Not Extended", 511: "Network Authentication Required",
    ]
}
