import SockKit

/// A timeline in characters: the time, and a column for each lane.
struct TimelineText {
    private let terminal: Terminal
    /// The columns of text in a lane, without its line and the space after it.
    private let width: Int

    private static let gutter = 10

    init(on terminal: Terminal, columns: Int) {
        self.terminal = terminal
        // One column stays free: some terminals begin a new line in the last.
        let all = max(min(columns, 140), 80) - 1 - Self.gutter
        width = all / Timeline.Lane.allCases.count - 2
    }

    /// The names of the lanes.
    var heading: String {
        let names = Timeline.Lane.allCases.map { lane in
            paint("\(line(isBusy: false)) ", lane) + paint(pad(lane.rawValue), lane)
        }
        return trimmed(String(repeating: " ", count: Self.gutter) + names.joined())
    }

    /// The lines of a row.
    func lines(of row: TimelineRow) -> [String] {
        guard row.part != .step else {
            let all = Self.gutter + Timeline.Lane.allCases.count * (width + 2)
            return [""] + Paragraph.lines(row.text, width: all).map { terminal.paint($0, .address) }
        }
        return broken(Self.text(of: row, terminal).text).enumerated().map { index, text in
            let time = index == 0 ? Self.time(row.time) : ""
            let lanes = Timeline.Lane.allCases.map { lane in
                let isBusy = row.busy.contains(lane) || row.part != .whole && lane == row.lane && row.kind == .call
                let bar = paint("\(line(isBusy: isBusy)) ", lane)
                guard lane == row.lane else { return bar + pad("") }
                return bar + style(pad(text), row)
            }
            return trimmed(terminal.paint(padLeft(time, Self.gutter - 2), .dim) + "  " + lanes.joined())
        }
    }

    /// What a lane says: `read(10) -> 2: "hi"`; the beginning and the end of what lasts apart.
    static func text(of row: TimelineRow, _ terminal: Terminal) -> (text: String, isEnd: Bool) {
        let arrow = terminal.drawsUnicode ? "→" : "->"
        switch row.part {
        case .step: return (row.text, false)
        case .beginning: return ("\(row.text) …", false)
        case .ending: return ("\(verb(of: row.text)) \(arrow) \(row.result ?? "")", true)
        case .whole:
            if let result = row.result { return ("\(row.text) \(arrow) \(result)", false) }
            let source = row.source.map { " [\($0)]" } ?? ""
            return (row.text + (row.kind == .inferred ? " (inferred)" : source), false)
        }
    }

    /// What begins the text of a call, with the label of who makes it: `second: read`.
    private static func verb(of text: String) -> String {
        let label = text.firstIndex(of: ":").map { text[...$0] } ?? ""
        guard !label.isEmpty, !label.contains(" "), text.dropFirst(label.count).hasPrefix(" ") else {
            return String(text.prefix { $0 != " " && $0 != "(" })
        }
        return "\(label) \(text.dropFirst(label.count + 1).prefix { $0 != " " && $0 != "(" })"
    }

    /// `12.3 ms`, always in the same unit so that two can be compared.
    static func time(_ time: Duration) -> String {
        let tenths = Int((time.seconds * 10_000).rounded())
        return tenths < 10_000 ? "\(tenths / 10).\(tenths % 10) ms" : "\((tenths + 5) / 10) ms"
    }

    private func line(isBusy: Bool) -> String {
        guard terminal.drawsUnicode else { return isBusy ? "#" : "|" }
        return isBusy ? "┃" : "│"
    }

    private func style(_ text: String, _ row: TimelineRow) -> String {
        if row.failed { return terminal.paint(text, .tint(.red)) }
        return row.kind == .call ? text.printable : terminal.paint(text, .tint(row.kind == .inferred ? .grey : .purple))
    }

    private func paint(_ text: String, _ lane: Timeline.Lane) -> String { terminal.paint(text, .tint(lane.tint)) }

    private func pad(_ text: String) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func padLeft(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// The text in lines as wide as the lane, those after the first further in. A word that is too long for a line, such as
    /// a list of flags, is cut where it has a sign between its parts.
    private func broken(_ text: String) -> [String] {
        var (lines, line) = ([String](), "")
        for word in text.split(separator: " ") {
            var rest = word
            while !rest.isEmpty {
                let lead = line.isEmpty ? (lines.isEmpty ? "" : "  ") : line + " "
                // A line may be full: then there is no room for the space behind it either.
                let room = max(0, width - lead.count)
                if rest.count <= room {
                    line = lead + rest
                    rest = ""
                } else if rest.count <= width - 2, !line.isEmpty {
                    lines.append(line)
                    line = ""
                } else {
                    let piece = Self.piece(of: rest, room) ?? (line.isEmpty ? rest.prefix(room) : "")
                    lines.append(piece.isEmpty ? line : lead + piece)
                    line = ""
                    rest = rest.dropFirst(piece.count)
                }
            }
        }
        return line.isEmpty ? lines : lines + [line]
    }

    /// As much of a word as fits and ends with a sign between its parts; nil if that is next to nothing.
    private static func piece(of word: Substring, _ room: Int) -> Substring? {
        guard let end = word.prefix(room).lastIndex(where: { "|,/:".contains($0) }) else { return nil }
        let piece = word[...end]
        return piece.count < 6 ? nil : piece
    }

    private func trimmed(_ line: String) -> String {
        var line = Substring(line)
        while line.last == " " { line.removeLast() }
        return String(line)
    }
}

extension Timeline.Lane {
    var tint: Tint {
        switch self {
        case .client: .blue
        case .kernel: .purple
        case .server: .green
        }
    }
}
