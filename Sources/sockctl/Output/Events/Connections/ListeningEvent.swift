import SockKit

struct ListeningEvent: Event {
    static let name = "listening"
    static let level = EventLevel.always
    static let summary = "The socket accepts or, for datagrams, receives."
    static let fields =
        Field.ends(\.ends) + [
            Field("backlog", "What was asked for as the length of its queue.", \.backlog)
        ]

    let ends: Ends
    var backlog: Int?
    /// Who can reach the address, where a person may not know: `this machine only`.
    var note: String?

    func text(on terminal: Terminal) -> String {
        terminal.paint("listening", .good) + " on \(terminal.paint(ends.listeningName, .address))"
            + (note.map { " (\($0))" } ?? "")
    }
}

extension ListeningEvent {
    /// A socket that accepts connections. With `tellsBacklog` the line for people has the length of its queue, too.
    @Netpoller
    init(_ listener: Listener, tellsBacklog: Bool) {
        ends = Ends(listener.network, local: listener.endpoint)
        let backlog = listener.backlog < 0 ? nil : Int(listener.backlog)
        self.backlog = backlog
        let notes = [
            listener.network.isIP ? listener.reach.note : nil, tellsBacklog ? backlog.map { "backlog \($0)" } : nil,
        ]
        note = notes.contains { $0 != nil } ? notes.compactMap(\.self).joined(separator: ", ") : nil
    }

    /// A socket that receives datagrams.
    @Netpoller
    init(_ socket: DatagramSocket) {
        ends = Ends(socket.network, local: socket.localEndpoint)
        note = socket.network.isUnix ? nil : socket.reach.note
    }
}

extension Reach {
    /// Nil where the address says it.
    var note: String? {
        switch self {
        case .thisMachine: "this machine only"
        case .oneAddress: nil
        case .everyInterface(.v4): "every interface, IPv4 only"
        case .everyInterface(.v6): "every interface, IPv6 only"
        case .everyInterfaceBothFamilies: "every interface, IPv4 and IPv6"
        }
    }
}
