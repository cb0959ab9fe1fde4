struct ProxiedEvent: Event {
    static let name = "proxied"
    static let level = EventLevel.verbose
    static let summary = "A proxy has connected on, to the target or to the next proxy."
    static let fields =
        Field.ends(\.ends) + [
            Field("proxy", "Its URL, without user and password.", \.proxy),
            Field("target", "What it was asked for: as an address, or as a name that it looks up.", \.target),
            Field("seconds", "How long it took once the proxy was reached.", \.time),
        ]

    let ends: Ends
    let proxy: String
    let target: String
    let time: Duration

    func text(on terminal: Terminal) -> String {
        "through \(proxy.printable) to \(terminal.paint(target.printable, .address)) in \(Quantity.duration(time))"
    }
}
