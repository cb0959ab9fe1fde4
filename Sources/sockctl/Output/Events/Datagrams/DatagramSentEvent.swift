import SockKit

struct DatagramSentEvent: Event {
    static let name = "datagram-sent"
    static let level = EventLevel.verbose
    static let summary = "A datagram went."
    static let fields =
        Field.ends(\.ends) + [
            Field.bytes(\.bytes), Field("length", "How long it was.", \.length),
            Field("to", "Where it went, where that is not the socket's peer.") { $0.destination?.description },
        ]

    let ends: Ends
    let bytes: Int
    let length: Int
    var destination: Endpoint?

    func text(on terminal: Terminal) -> String {
        let target = destination?.name.map { terminal.paint($0, .address) } ?? terminal.peer(ends)
        return "to \(target), \(Quantity.count(bytes, "byte"))"
    }
}
