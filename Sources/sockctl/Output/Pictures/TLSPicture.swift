import SockKit

/// A handshake as a sequence diagram: two lanes, an arrow for each message, and below them what was agreed on.
struct TLSPicture {
    private let report: TLSReport
    private let server: String

    init(_ report: TLSReport, server: String) {
        self.report = report
        self.server = server
    }

    private static let (client, right, top, row) = (150.0, 850.0, 130.0, 34.0)

    private var height: Double {
        Self.top + Double(report.messages.count) * Self.row + 40 + Double(notes.count) * 24 + 20
    }

    private var notes: [String] {
        var notes =
            report.isAgreed
            ? [
                "\(report.version), \(report.cipher)\(report.group.map { ", \($0)" } ?? "") in \(Quantity.duration(report.duration))"
            ]
            : ["no agreement after \(Quantity.duration(report.duration))"]
        if let own = report.chain.first {
            notes.append(
                "\(own.subject), \(Quantity.count(abs(own.daysLeft), "day")) \(own.daysLeft < 0 ? "past its end" : "left")"
            )
        }
        guard report.isAgreed else { return (notes + (report.reason.map { [$0] } ?? [])).map(\.printable) }
        notes.append(report.isVerified ? "verified" : "not verified" + (report.reason.map { ": \($0)" } ?? ""))
        return notes.map(\.printable)
    }

    /// The whole file.
    var document: String {
        var root = SVG(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "viewBox": "0 0 1000 \(SVG.number(height))", "role": "img",
                "class": "handshake", "font-family": "system-ui, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif",
                "font-size": "15",
            ])
        root.children = [SVG("title", text: "TLS with \(server)"), SVG("style", text: Self.style)]
        root.children.append(
            SVG("rect", ["class": "paper", "width": "1000", "height": SVG.number(height), "rx": "12"]))
        root.children.append(text("TLS with \(server)", 500, 42, "title", "middle"))
        let end = Self.top + Double(report.messages.count) * Self.row
        for (name, x, style) in [("client", Self.client, "client"), ("server", Self.right, "server")] {
            root.children.append(text(name, x, 84, style, "middle"))
            root.children.append(line(x, 96, x, end, "lane"))
        }
        for (place, message) in report.messages.enumerated() {
            root.children += arrow(message, Self.top + Double(place) * Self.row)
        }
        for (place, note) in notes.enumerated() {
            root.children.append(text(note, 500, end + 40 + Double(place) * 24, "note", "middle"))
        }
        return root.document
    }

    private static let style = """
        .handshake .paper{fill:#fff}.handshake text{fill:#1f2937}.handshake .title{font-size:20px;font-weight:600}
        .handshake .time{fill:#5b6472;font-size:12px}.handshake .client{fill:#0068a8;font-weight:600}
        .handshake .server{fill:#007a58;font-weight:600}.handshake .lane{stroke:#c4cad3;stroke-width:1.5}
        .handshake line.client{stroke:#0068a8}.handshake line.server{stroke:#007a58}
        @media (prefers-color-scheme:dark){.handshake .paper{fill:#14181f}.handshake text{fill:#e5e9f0}
        .handshake .time{fill:#9aa5b4}.handshake .client{fill:#6cb8f0}.handshake .server{fill:#4fd1a5}
        .handshake .lane{stroke:#4a5361}.handshake line.client{stroke:#6cb8f0}.handshake line.server{stroke:#4fd1a5}}
        """

    private func arrow(_ message: TLSMessage, _ y: Double) -> [SVG] {
        let style = message.isSent ? "client" : "server"
        let (from, to) = message.isSent ? (Self.client, Self.right) : (Self.right, Self.client)
        let way = to > from ? -1.0 : 1.0
        let head = [(to, y), (to + way * 10, y - 4), (to + way * 10, y + 4)]
            .map { "\(SVG.number($0.0)),\(SVG.number($0.1))" }.joined(separator: " ")
        return [
            text(Quantity.duration(message.time), Self.client - 14, y + 4, "time", "end"),
            text("\(message.name), \(Quantity.bytes(message.bytes))", 500, y - 7, "", "middle"),
            line(from, y, to, y, style), SVG("polygon", ["class": style, "points": head]),
        ]
    }

    private func text(_ text: String, _ x: Double, _ y: Double, _ style: String, _ anchor: String) -> SVG {
        SVG("text", ["class": style, "x": SVG.number(x), "y": SVG.number(y), "text-anchor": anchor], text: text)
    }

    private func line(_ x: Double, _ y: Double, _ toX: Double, _ toY: Double, _ style: String) -> SVG {
        SVG(
            "line",
            [
                "class": style, "x1": SVG.number(x), "y1": SVG.number(y), "x2": SVG.number(toX), "y2": SVG.number(toY),
            ])
    }
}
