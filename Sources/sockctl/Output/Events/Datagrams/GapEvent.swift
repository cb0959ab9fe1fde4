struct GapEvent: Event {
    static let name = "gap"
    static let level = EventLevel.verbose
    static let summary = "Generated datagrams are missing, from that number on."
    static let fields =
        Field.ends(\.ends) + [
            Field("from", "The number of the first that is missing.", \.from),
            Field("count", "How many are missing.", \.count),
        ]

    let ends: Ends
    let from: Int
    let count: Int

    func text(on terminal: Terminal) -> String {
        "missing from \(terminal.peer(ends)): \(Quantity.count(count, "datagram")), from number \(from) on"
    }
}
