extension Transport {
    /// The head of a request as it goes over the wire, for whoever wants to show it; nil for one that cannot be sent.
    package func head(of request: HTTPRequest) -> RequestHead? {
        guard let bytes = (try? prepared(request))?.plan?.head else { return nil }
        var parser = RequestParser(limits: MessageLimits(line: bytes.count, head: bytes.count, fields: bytes.count))
        var position = 0
        guard case .head = try? parser.next(in: bytes.span, at: &position) else { return nil }
        return parser.head
    }
}
