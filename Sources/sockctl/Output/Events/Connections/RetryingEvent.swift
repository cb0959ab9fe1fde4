struct RetryingEvent: Event {
    static let name = "retrying"
    static let level = EventLevel.always
    static let summary = "Something failed and is tried again after a wait."
    static let fields =
        Field.ends(of: \.failure) + [
            Field("attempt", "Which wait this is, from 1.", \.attempt),
            Field("delay", "How long it is waited.", \.delay), Field.error(\.failure),
        ]

    let attempt: Int
    let delay: Duration
    let failure: Failure

    func text(on terminal: Terminal) -> String {
        "retrying in \(Quantity.duration(delay)), attempt \(attempt): \(failure.message.printable)"
    }
}
