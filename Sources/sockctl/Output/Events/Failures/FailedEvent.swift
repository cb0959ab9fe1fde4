struct FailedEvent: Event {
    static let name = "failed"
    static let level = EventLevel.error
    static let summary = """
        Anything that is reported as an error; a read that timed out says how long it waited, what it left unread \
        and, with `--keep-going`, how many more are gone on after.
        """
    static let fields =
        Field.ends(of: \.failure) + [
            Field("seconds", "How long an operation that timed out had waited.", \.failure.waited),
            Field("bytes_unread", "How many bytes a read left in the kernel's queue.", \.failure.unread),
            Field(
                "bytes_unacknowledged", "How many bytes the peer's kernel had not acknowledged when a write failed.",
                \.failure.unacknowledged),
            Field("going_on", "How many more failures like it are gone on after.") {
                $0.failure.goesOn.map { $0.of - $0.number }
            },
            Field.error(\.failure),
        ]

    let failure: Failure

    init(_ failure: Failure) {
        self.failure = failure
    }

    func text(on terminal: Terminal) -> String {
        terminal.paint("sockctl:", .error) + " \(failure.message.printable)" + facts
            + (failure.hint.map { "\n" + terminal.paint("hint:", .hint) + " \($0.printable)" } ?? "")
    }

    /// What more is known than the error itself says.
    private var facts: String {
        var facts: [String] = []
        if let waited = failure.waited { facts.append("after \(Quantity.duration(waited))") }
        if let unread = failure.unread, unread > 0 { facts.append("\(Quantity.bytes(unread)) left unread") }
        if failure.operation == "write", let bytes = failure.bytes, bytes > 0 {
            facts.append("the kernel had taken \(Quantity.bytes(bytes)) of it")
        }
        if let unacknowledged = failure.unacknowledged, unacknowledged > 0 {
            facts.append("\(Quantity.bytes(unacknowledged)) of what was sent not acknowledged")
        }
        if let goesOn = failure.goesOn {
            facts.append("going on, \(goesOn.number) of \(Quantity.count(goesOn.of, "time"))")
        }
        return facts.isEmpty ? "" : " (\(facts.joined(separator: ", ")))"
    }
}
