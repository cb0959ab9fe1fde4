import SockKit

/// What was agreed on, for people: the handshake as two lanes, what it came to, and the other side's certificates.
struct TLSWording {
    private let report: TLSReport
    private let terminal: Terminal

    init(_ report: TLSReport, _ terminal: Terminal) {
        self.report = report
        self.terminal = terminal
    }

    var lines: [String] { timeline + [summary] + certificates + [library] }

    /// Who does the work.
    private var library: String {
        terminal.paint("tls  by \(report.library.printable); in the kernel: \(report.kernel)", .dim)
    }

    // MARK: - The handshake

    private var timeline: [String] {
        guard !report.messages.isEmpty else { return [] }
        let width = 24
        return report.messages.map { message in
            let time = Quantity.duration(message.time)
            let gap = String(repeating: " ", count: max(0, 9 - time.count))
            let name = message.name + " " + terminal.paint("\(message.bytes)", .dim)
            let plain = message.name.count + 1 + "\(message.bytes)".count
            let pad = String(repeating: " ", count: max(1, width - plain))
            let arrow = message.isSent ? "->" : "<-"
            let lane =
                message.isSent ? "\(name)\(pad)\(arrow)" : "\(String(repeating: " ", count: width))\(arrow) \(name)"
            return "tls  \(terminal.paint(gap + time, .dim))  \(lane)"
        }
    }

    /// How far it came.
    private var shortfall: String {
        let name = report.serverName.map { " as \($0.printable)" } ?? ""
        let reason = report.reason.map { ": \($0.printable)" } ?? ""
        return
            "tls  \(terminal.paint("no agreement", .error))\(name) after \(Quantity.duration(report.duration))\(reason)"
    }

    /// Who was proven: a server by the name that it was asked for by, a client by its own.
    private var peer: String? {
        report.isClient ? report.serverName : report.chain.first?.shortSubject
    }

    private var summary: String {
        guard report.isAgreed else { return shortfall }
        var parts = [report.version, report.cipher]
        if let group = report.group { parts.append(group) }
        if let signature = report.signature { parts.append("signed with \(signature)") }
        if let alpn = report.alpn { parts.append("ALPN \(alpn.printable)") }
        if report.isResumed { parts.append("resumed") }
        if report.asksWho { parts.append("a client certificate asked for (--tls-cert)") }
        // A client that nobody asked has proven nothing, and need not.
        let agreement = "\(parts.joined(separator: ", ")) in \(Quantity.duration(report.duration))"
        guard report.isVerified || !report.chain.isEmpty || report.isResumed else {
            return "tls  \(report.serverName.map { "asked for as \($0.printable): " } ?? "")\(agreement)"
        }
        let verdict =
            report.isVerified
            ? terminal.paint("verified", .good) : terminal.paint("not verified", .error)
        let name = peer.map { " as \($0.printable)" } ?? ""
        let reason = report.reason.map { " (\($0.printable))" } ?? ""
        return "tls  \(verdict)\(name)\(reason): \(agreement)"
    }

    // MARK: - The certificates

    private var certificates: [String] {
        var lines = report.chain.enumerated().map { place, facts in
            let names = facts.names.isEmpty ? "" : " for \(list(facts.names))"
            return
                "tls  \(place): \(terminal.paint(facts.subject.printable, .address))\(names), by \(facts.shortIssuer.printable), \(days(facts))"
        }
        if let root = report.root, report.chain.last?.subject != root { lines.append("tls  root: \(root.printable)") }
        if let own = report.chain.first { lines.append("tls  pin \(own.pin)") }
        return lines
    }

    private func list(_ names: [String]) -> String {
        let shown = names.prefix(4).map(\.printable).joined(separator: ", ")
        return names.count > 4 ? "\(shown) and \(names.count - 4) more" : shown
    }

    private func days(_ facts: CertificateFacts) -> String {
        switch facts.daysLeft {
        case ..<0: terminal.paint("ended \(Quantity.count(-facts.daysLeft, "day")) ago", .error)
        case 0: terminal.paint(facts.hasEnded ? "ended today" : "ends today", .error)
        case ..<14: terminal.paint("\(Quantity.count(facts.daysLeft, "day")) left", .hint)
        default: "\(Quantity.count(facts.daysLeft, "day")) left"
        }
    }
}
