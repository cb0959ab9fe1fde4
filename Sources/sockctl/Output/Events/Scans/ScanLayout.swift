import SockKit

/// The columns of a scan on a terminal.
struct ScanLayout: Sendable {
    let network: Network
    /// How wide the widest address is.
    let width: Int

    private static let timeWidth = 8
    private static let serviceWidth = 14

    private var stateWidth: Int {
        let widest = network.kind == .datagram ? ScanFinding.State.silent : .filtered
        return widest.rawValue.count
    }

    /// What stands above the columns.
    func head(on terminal: Terminal) -> String {
        let columns = [
            Self.pad("ADDRESS", width), Self.pad("STATE", stateWidth), Self.gap("TIME", Self.timeWidth) + "TIME",
            network.isUnix ? "" : "SERVICE",
        ]
        return terminal.paint(columns.joined(separator: "  ").trimmed, .dim)
    }

    func row(_ finding: ScanFinding, on terminal: Terminal) -> String {
        let address = finding.place.printable
        let state = Self.pad(finding.state.rawValue, stateWidth)
        let service = finding.port.flatMap { Resolver.service(at: $0, for: network) } ?? ""
        let time = terminal.spell(Quantity.duration(finding.duration))
        let remark = finding.remark
        let columns = [
            terminal.paint(address, .address) + Self.gap(address, width),
            terminal.paint(state, finding.state == .open ? .good : .dim),
            Self.gap(time, Self.timeWidth) + time,
            remark.isEmpty ? service.printable : Self.pad(service.printable, Self.serviceWidth),
            cut(remark.printable, on: terminal),
        ]
        return columns.joined(separator: "  ").trimmed
    }

    /// A line that the terminal would break is no row any more.
    private func cut(_ remark: String, on terminal: Terminal) -> String {
        let used = width + stateWidth + Self.timeWidth + Self.serviceWidth + 8
        let room = max(12, terminal.columns - used - 1)
        return remark.count <= room ? remark : "\(remark.prefix(room - 1))…"
    }

    private static func pad(_ text: String, _ width: Int) -> String { text + gap(text, width) }

    private static func gap(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count))
    }
}

extension String {
    /// Without spaces at its end.
    fileprivate var trimmed: String { lastIndex { $0 != " " }.map { String(self[...$0]) } ?? "" }
}
