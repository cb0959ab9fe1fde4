struct TargetDownEvent: Event {
    static let name = "target-down"
    static let level = EventLevel.always
    static let summary = "One of several targets cannot be reached: the others are tried before it for a while."
    static let fields = [
        Field("target", "Which, as it was named.", \.target),
        Field("seconds", "After how long it has its turn again.", \.pause), Field.error(\.failure),
    ]

    let target: String
    let pause: Duration
    let failure: Failure?

    func text(on terminal: Terminal) -> String {
        "target \(terminal.paint(target, .address)) is passed over for \(Quantity.duration(pause)): "
            + (failure?.message.printable ?? "")
    }
}
