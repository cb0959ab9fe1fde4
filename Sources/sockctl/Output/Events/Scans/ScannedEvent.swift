import SockKit

struct ScannedEvent: Event {
    static let name = "scanned"
    // Those that are not open are only made where `-v` asks for them.
    static let level = EventLevel.always
    static let summary =
        "A place of a scan is known: `open`, `refused`, `filtered` or, for datagrams, `open|silent`. By default only what is `open`."
    static let fields =
        Field.ends(\.ends).filter { $0.name != "remote" } + [
            Field("remote", "The other end; by its name, where a proxy looks that up.", \.finding.place),
            Field("state", "What it is.", \.finding.state.rawValue),
            Field("seconds", "How long it took to know.", \.finding.duration),
            Field("banner", "The first line that came by itself, where one was waited for and came.") {
                $0.finding.banner.map { String(decoding: $0, as: UTF8.self) }
            },
            Field("reason", "What the kernel or a proxy said, where it said anything but that nobody listens.") {
                $0.finding.reason?.name ?? $0.finding.answer?.text
            },
        ]

    let network: Network
    let finding: ScanFinding
    /// How wide the addresses are, and what the services are called, for a table.
    var layout: ScanLayout?

    var ends: Ends { Ends(network, remote: finding.remote) }

    func text(on terminal: Terminal) -> String {
        if let layout { return layout.row(finding, on: terminal) }
        let words = [
            finding.place.printable, finding.state.rawValue, finding.duration.inSeconds, remark.printable,
        ]
        return words.filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// What it said, or what was said of it.
    private var remark: String { finding.remark }
}

extension ScanFinding {
    /// What the service said, or why nobody could ask it.
    var remark: String {
        banner.map { String(decoding: $0, as: UTF8.self) } ?? reason.map { "(\($0))" }
            ?? answer.map { "(\($0.text))" } ?? ""
    }
}

extension Duration {
    /// Seconds with six decimals, as programs read them.
    fileprivate var inSeconds: String {
        let microseconds = max(0, (wholeNanoseconds + 500) / 1000)
        let digits = "\(microseconds % 1_000_000)"
        return "\(microseconds / 1_000_000)." + String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }
}
