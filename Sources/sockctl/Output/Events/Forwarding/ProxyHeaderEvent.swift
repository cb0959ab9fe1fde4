import SockKit

struct ProxyHeaderEvent: Event {
    static let name = "proxy-header"
    static let level = EventLevel.verbose
    static let summary = """
        A peer that is a proxy said for whom it connects; from now on its client is `remote` wherever the connection is \
        spoken of.
        """
    static let fields =
        Field.ends(\.ends) + [
            Field("version", "Of the PROXY protocol, 1 or 2.", \.header.version.rawValue),
            Field("client", "Who connected to the proxy; null where it does not say.") { event in
                event.header.ends.map { JSONValue.string($0.source.description) } ?? .null
            },
            Field("destination", "Whom that client had reached.") { $0.header.ends?.destination.description },
        ]

    let ends: Ends
    let header: ProxyHeader

    func text(on terminal: Terminal) -> String {
        guard let ends = header.ends else {
            return "\(terminal.peer(self.ends)) connects "
                + (header.isLocal ? "for itself" : "for somebody of whom it says nothing")
        }
        return "\(terminal.peer(self.ends)) connects for \(terminal.paint(ends.source.description, .address))"
    }
}
