struct NotRetriedEvent: Event {
    static let name = "not-retried"
    static let level = EventLevel.always
    static let summary = "An answer that `--retry` is about is the last: Retry-After asks for too long a wait."
    static let fields = [
        Field("delay", "How long a wait the server asks for.", \.delay),
        Field("limit", "The longest that is waited: an hour, or what `--timeout` and `--max-time` allow.", \.limit),
        Field.error(\.failure),
    ]

    let delay: Duration
    let limit: Duration
    let failure: Failure

    func text(on terminal: Terminal) -> String {
        """
        not tried again: \(failure.message.printable) asks for a wait of \(Quantity.duration(delay)), and the time limit \
        allows \(Quantity.duration(max(limit, .zero)))
        """
    }
}
