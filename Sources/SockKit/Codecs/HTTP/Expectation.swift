/// What a request expects before it sends its content (RFC 9110 section 10.1.1).
public enum Expectation: Sendable, Hashable {
    case none
    /// The client waits for `100 Continue`, or for the final answer.
    case `continue`

    /// What the fields say. HTTP/1.0 has no interim answers, so there the field is passed over. Any other expectation is
    /// refused with 417.
    public init(_ fields: Fields, _ version: HTTPVersion) throws(HTTPRefusal) {
        self = .none
        guard version >= .http11 else { return }
        var isKnown = true
        var isThere = false
        fields.forEachElement(of: "expect") { element in
            isThere = true
            if !element.equalsIgnoringCase("100-continue") { isKnown = false }
        }
        guard isKnown else { throw HTTPRefusal(.request, .head, .unmetExpectation) }
        if isThere { self = .continue }
    }
}
