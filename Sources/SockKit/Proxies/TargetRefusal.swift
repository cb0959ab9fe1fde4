/// Why a proxy does not do what it was asked: what kind of reason it is, which each protocol tells in its way, and a
/// sentence.
public struct TargetRefusal: Error, Sendable, CustomStringConvertible {
    /// The kind of reason.
    public enum Kind: Sendable, Hashable {
        /// By the rules about destinations.
        case denied
        case connectionRefused
        case hostUnreachable
        case networkUnreachable
        /// The name is unknown, or has no address.
        case unknownHost
        case timedOut
        /// The destination's fault in another way, or ours.
        case failed
        /// This is not done here.
        case unsupported
        /// The destination answered what is no message of its protocol.
        case badAnswer
    }

    public let kind: Kind
    /// What is said of it; without a full stop.
    public let description: String
    /// What went wrong, where something did.
    public let error: NetworkError?

    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
        error = nil
    }

    /// Of a destination that cannot be reached.
    public init(_ error: NetworkError) {
        self.init(error, Self.kind(of: error))
    }

    init(_ error: NetworkError, _ kind: Kind) {
        self.kind = kind
        description = error.description
        self.error = error
    }

    private static func kind(of error: NetworkError) -> Kind {
        if error.isTimeout { return .timedOut }
        switch error.cause {
        case .noSuchHost, .lookupFailed, .noSuitableAddress: return .unknownHost
        case .message: return .badAnswer
        default: break
        }
        switch error.errno {
        case .connectionRefused, .connectionReset: return .connectionRefused
        case .hostUnreachable, .hostDown: return .hostUnreachable
        case .networkUnreachable, .networkDown: return .networkUnreachable
        case .permissionDenied, .notPermitted: return .denied
        default: return .failed
        }
    }
}

extension TargetRefusal.Kind {
    /// As SOCKS5 tells it (RFC 1928 section 6).
    public var code: SOCKS5Reply.Code {
        switch self {
        case .denied: .notAllowed
        case .connectionRefused: .connectionRefused
        case .hostUnreachable, .unknownHost: .hostUnreachable
        case .networkUnreachable: .networkUnreachable
        case .timedOut: .expired
        case .unsupported: .commandUnsupported
        case .failed, .badAnswer: .generalFailure
        }
    }

    /// As HTTP tells it.
    public var status: HTTPStatus {
        switch self {
        case .denied: 403
        case .timedOut: 504
        case .unsupported: 501
        case .connectionRefused, .hostUnreachable, .networkUnreachable, .unknownHost, .failed, .badAnswer: 502
        }
    }

    /// The word of Proxy-Status that tells apart what has one status (RFC 9209 section 2.3).
    var word: String {
        switch self {
        case .denied: "destination_ip_prohibited"
        case .connectionRefused: "connection_refused"
        case .hostUnreachable, .networkUnreachable: "destination_ip_unroutable"
        case .unknownHost: "dns_error"
        case .timedOut: "connection_timeout"
        case .unsupported: "http_request_denied"
        case .badAnswer: "http_protocol_error"
        case .failed: "proxy_internal_error"
        }
    }
}
