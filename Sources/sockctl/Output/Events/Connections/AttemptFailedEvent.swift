struct AttemptFailedEvent: Event {
    static let name = "attempt-failed"
    static let level = EventLevel.verbose
    static let summary = "An attempt came to nothing; another may follow."
    static let fields =
        Field.ends(of: \.failure) + [
            Field("attempt", "Its number, from 1.", \.attempt), Field.error(\.failure),
        ]

    let failure: Failure
    let attempt: Int

    func text(on terminal: Terminal) -> String { "attempt \(attempt) failed: \(failure.message.printable)" }
}
