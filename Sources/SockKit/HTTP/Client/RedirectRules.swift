/// Which redirects are followed.
public struct RedirectRules: Sendable, Hashable {
    /// The most in a row; nil follows none.
    public var limit: Int?

    /// Redirects are answers as any other.
    public static let none = RedirectRules(limit: nil)

    /// So many in a row are followed; one more is an error.
    public static func follow(_ limit: Int) -> RedirectRules { RedirectRules(limit: limit) }
}

/// The request that a redirect asks for, by Go's rules.
///
/// 301, 302 and 303 turn every method but HEAD into GET, without content. 307 and 308 repeat the request, if its content can
/// be sent again.
struct Redirection {
    /// The first request: its fields are those that later ones may have.
    private let initial: HTTPRequest
    /// Fields with secrets have been left out, and stay out even on the way back.
    private var isStripped = false
    private(set) var count = 0

    init(_ initial: HTTPRequest) {
        self.initial = initial
    }

    /// What is meant for one server alone.
    private static let secrets = [
        "authorization", "cookie", "cookie2", "proxy-authorization", "www-authenticate", "proxy-authenticate",
    ]
    /// What says something of content that is not sent any more.
    private static let aboutContent = [
        "content-type", "content-length", "content-encoding", "content-language", "content-location",
        "transfer-encoding",
        "expect",
    ]

    /// Why an answer is not followed that is a redirect; nil if nothing stands in the way.
    static func obstacle(_ request: HTTPRequest, _ head: ResponseHead) -> String? {
        guard isRedirect(head.status) else { return nil }
        if location(head) == nil { return "it has no Location" }
        return repeats(head.status) && !request.body.isRewindable
            ? "the content of the request cannot be sent a second time" : nil
    }

    private static func isRedirect(_ status: HTTPStatus) -> Bool { [301, 302, 303, 307, 308].contains(status.code) }
    /// The request is sent again as it was.
    private static func repeats(_ status: HTTPStatus) -> Bool { status.code >= 307 }

    /// With its bytes beyond ASCII encoded: which characters they are to be, only the server knows.
    private static func location(_ head: ResponseHead) -> String? {
        var first: String?
        head.fields.forEachLine(named: "location") { value in
            if first == nil { first = PercentCoding.encodeBeyondASCII(value.copied) }
        }
        return first.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The next request; nil where the answer is none that leads anywhere.
    mutating func next(_ request: HTTPRequest, _ head: ResponseHead) throws(HTTPURL.Failure) -> HTTPRequest? {
        guard Self.isRedirect(head.status), Self.obstacle(request, head) == nil, let location = Self.location(head)
        else { return nil }
        let repeats = Self.repeats(head.status)
        var next = request
        next.url = try request.url.resolving(location)
        if !repeats {
            if request.method != .head { next.method = .get }
            next.body = .none
            for name in Self.aboutContent { next.fields.removeAll(named: name) }
        }
        if !Self.mayKnowSecrets(initial.url, next.url) { isStripped = true }
        if isStripped {
            for name in Self.secrets { next.fields.removeAll(named: name) }
        }
        // A Host of the caller's own is for the server that was asked, as long as a redirect names no other.
        let reference = URIReference(location)
        if reference.scheme != nil || reference.authority != nil { next.fields.removeAll(named: "host") }
        if !initial.fields.contains("referer") { next.fields["Referer"] = Self.referer(request.url, next.url) }
        count += 1
        return next
    }

    /// The same host, over the same or a safer way. Go trusts the hosts below it as well, which may be others'; and it does
    /// not look at the port, which on the same machine may be another user's.
    private static func mayKnowSecrets(_ from: HTTPURL, _ to: HTTPURL) -> Bool {
        guard from.host == to.host else { return false }
        if from.isSecure == to.isSecure { return from.effectivePort == to.effectivePort }
        return to.isSecure && from.effectivePort == 80 && to.effectivePort == 443
    }

    /// Where the request comes from; nobody learns over an open way of a page that was fetched over a safe one.
    private static func referer(_ from: HTTPURL, _ to: HTTPURL) -> String? {
        from.isSecure && !to.isSecure ? nil : from.description
    }
}
