struct StartedEvent: Event {
    static let name = "started"
    static let level = EventLevel.verbose
    static let summary = "A program was started for a peer."
    static let fields =
        Field.ends(\.ends) + [
            Field("pid", "Its process number, which is also its process group's.") { Int($0.pid) },
            Field("command", "What is run, as it would be typed into a shell.", \.command),
        ]

    let ends: Ends
    let pid: Int32
    let command: String

    func text(on terminal: Terminal) -> String {
        "started \(command.printable), process \(pid), for \(terminal.peer(ends))"
    }
}
