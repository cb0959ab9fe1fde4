import SockKit

/// What an exchange spent its time on; nil is what it did not do.
struct ExchangePhases: Sendable, Hashable {
    /// Finding the addresses of a name.
    var resolve: Duration?
    var connect: Duration?
    /// Agreeing on TLS.
    var tls: Duration?
    /// For a connection that was somebody else's.
    var wait: Duration?
    /// From the connection to the end of the request.
    var send: Duration?
    /// From there to the first byte of the answer.
    var firstByte: Duration?
    /// From there to the end of the answer.
    var body: Duration?

    /// Those that took place, in their order.
    var named: [(name: String, time: Duration)] {
        [
            ("resolve", resolve), ("connect", connect), ("tls", tls), ("wait", wait), ("send", send),
            ("first byte", firstByte),
            ("body", body),
        ].compactMap { name, time in time.map { (name, $0) } }
    }

    /// `resolve 385 µs, connect 120 µs, first byte 400 µs`.
    var text: String { named.map { "\($0.name) \(Quantity.duration($0.time))" }.joined(separator: ", ") }

    /// A line for each, with a bar from its beginning to its end, on a scale of all together.
    func bars(on terminal: Terminal) -> [String] {
        let phases = named
        let whole = phases.reduce(Duration.zero) { $0 + $1.time }
        guard whole > .zero else { return [] }
        let names = phases.map(\.name.count).max() ?? 0
        let times = phases.map { Quantity.duration($0.time) }
        let widest = times.map(\.count).max() ?? 0
        let width = Double(max(min(terminal.columns, 100) - names - widest - 8, 10))
        var passed = Duration.zero
        return zip(phases, times).map { phase, time in
            let start = Int((passed.seconds / whole.seconds * width).rounded(.down))
            passed += phase.time
            let end = Int((passed.seconds / whole.seconds * width).rounded())
            let full: Character = terminal.drawsUnicode ? "█" : "#"
            let sliver: Character = terminal.drawsUnicode ? "▏" : "|"
            let bar = end > start ? String(repeating: full, count: end - start) : String(sliver)
            return "  " + phase.name.padded(to: names) + "  " + String(repeating: " ", count: widest - time.count)
                + time
                + "  " + String(repeating: " ", count: start) + terminal.paint(bar, .tint(Self.tint(phase.name)))
        }
    }

    private static func tint(_ name: String) -> Tint {
        switch name {
        case "resolve": .purple
        case "connect": .orange
        case "tls": .purple
        case "first byte": .blue
        case "body": .green
        default: .grey
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
