struct TargetUpEvent: Event {
    static let name = "target-up"
    static let level = EventLevel.always
    static let summary = "A target that had been passed over was reached."
    static let fields = [Field("target", "Which, as it was named.", \.target)]

    let target: String

    func text(on terminal: Terminal) -> String {
        "target \(terminal.paint(target, .address)) can be reached again"
    }
}
