struct RulesReadEvent: Event {
    static let name = "rules-read"
    static let level = EventLevel.verbose
    static let summary = "The files of `--allow-file` and `--deny-file` were read again, as SIGHUP asks."
    static let fields = [Field("rules", "How many rules there are now.", \.count)]

    let count: Int

    func text(on terminal: Terminal) -> String { "read the rules again: \(Quantity.count(count, "rule"))" }
}
