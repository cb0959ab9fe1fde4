import SockKit

struct DatagramReceivedEvent: Event {
    static let name = "datagram-received"
    static let level = EventLevel.verbose
    static let summary = "A datagram came; `arrived` is the kernel's time."
    static let fields =
        Field.ends(\.ends) + [
            Field.bytes(\.bytes), Field("truncated", "Whether it was longer than what was read of it.", \.isTruncated),
            Field("length", "How long it was on the wire.", \.length),
            Field("ttl", "How many more routers it might have passed.", \.timeToLive),
            Field("to", "Where it was sent to, where that is not the socket's own end.") {
                $0.destination?.description
            },
            Field("arrived", "When it came, by the kernel's clock.") { $0.arrived?.rfc3339 },
        ]

    let ends: Ends
    /// As many as were delivered.
    let bytes: Int
    let length: Int
    var timeToLive: Int?
    var destination: Endpoint?
    var arrived: Timestamp?

    private var isTruncated: Bool { length > bytes }

    func text(on terminal: Terminal) -> String {
        "from \(terminal.peer(ends)), \(Quantity.count(bytes, "byte"))"
            + (isTruncated ? ", cut: it had \(Quantity.count(length, "byte"))" : "") + circumstances
    }

    /// Where it was sent to, how many routers were left to it, and when it came, as far as the kernel told.
    private var circumstances: String {
        guard let arrived else { return "" }
        return (destination.map { ", to \($0)" } ?? "") + (timeToLive.map { ", TTL \($0)" } ?? "")
            + ", at \(arrived.timeOfDay)"
    }
}
