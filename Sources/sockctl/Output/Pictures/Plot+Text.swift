import SockKit

extension Plot {
    /// The picture in characters, for a terminal of that many columns; lines without a newline at the end.
    func text(on terminal: Terminal, columns: Int, rows: Int = 16) -> String {
        let body = Drawing(self, columns: max(columns, 40), rows: max(rows, 4), isPlain: !terminal.drawsUnicode)
        let heading = [terminal.paint(title, .address), subtitle.isEmpty ? nil : terminal.paint(subtitle, .dim)]
        return (heading.compactMap { $0 } + body.canvas.lines(on: terminal) + legend(on: terminal, columns))
            .joined(separator: "\n")
    }

    private func legend(on terminal: Terminal, _ columns: Int) -> [String] {
        var lines: [(text: String, width: Int)] = [("", 0)]
        for series in series where !series.points.isEmpty {
            let character = series.form.character(isPlain: !terminal.drawsUnicode)
            let width = 5 + series.name.count
            if lines[lines.count - 1].width > 0, lines[lines.count - 1].width + width > columns {
                lines.append(("", 0))
            }
            let entry = "  \(terminal.paint(String(character), .tint(series.tint))) \(series.name.printable) "
            lines[lines.count - 1].text += entry
            lines[lines.count - 1].width += width
        }
        return lines.filter { $0.width > 0 }.map { String($0.text.dropLast()) }
    }
}

extension Plot.Form {
    func character(isPlain: Bool) -> Character {
        switch self {
        case .marks(let mark): mark.character(isPlain: isPlain)
        case .area(let shade): shade.character(isPlain: isPlain)
        }
    }
}

/// The axes and what is between them.
private struct Drawing {
    let plot: Plot
    let isPlain: Bool
    var canvas: Canvas
    /// The plot area: its first column, its width, and its height from row 1; row 0 has the vertical axis' title.
    let left: Int
    let width: Int
    let height: Int

    init(_ plot: Plot, columns: Int, rows: Int, isPlain: Bool) {
        self.plot = plot
        self.isPlain = isPlain
        let ticks = plot.vertical.scale.ticks(atMost: max(rows / 2, 2)).map(plot.vertical.label)
        left = (ticks.map(\.count).max() ?? 0) + 3
        // One column stays free: a terminal wraps a line that fills it.
        width = max(columns - left - 1, 10)
        height = rows
        canvas = Canvas(columns: left + width, rows: rows + 4)
        canvas.write(plot.vertical.title, 0, 0, .grey)
        drawAxes()
        for series in plot.series { if case .area = series.form { fill(series) } }
        for guide in plot.guides { draw(guide) }
        label(plot.guides)
        for series in plot.series { if case .marks = series.form { mark(series) } }
    }

    private func column(_ x: Double) -> Int {
        left + Int((plot.horizontal.scale.position(x) * Double(width - 1)).rounded())
    }

    private func row(_ y: Double) -> Int {
        height - Int((plot.vertical.scale.position(y) * Double(height - 1)).rounded())
    }

    private mutating func drawAxes() {
        for row in 1...height { canvas.put(isPlain ? "|" : "│", left - 1, row) }
        for column in left..<left + width { canvas.put(isPlain ? "-" : "─", column, height + 1) }
        canvas.put(isPlain ? "+" : "└", left - 1, height + 1)
        for tick in plot.vertical.scale.ticks(atMost: max(height / 2, 2)) {
            let label = plot.vertical.label(tick)
            canvas.write(label, left - 2 - label.count, row(tick))
            canvas.put(isPlain ? "+" : "┤", left - 1, row(tick))
        }
        var free = 0
        for tick in plot.horizontal.scale.ticks(atMost: max(width / 10, 2)) {
            let label = plot.horizontal.label(tick)
            let start = min(max(column(tick) - label.count / 2, free), left + width - label.count)
            canvas.put(isPlain ? "+" : "┬", column(tick), height + 1)
            guard start >= free else { continue }
            canvas.write(label, start, height + 2)
            free = start + label.count + 1
        }
        canvas.write(
            plot.horizontal.title, left + max((width - plot.horizontal.title.count) / 2, 0), height + 3, .grey)
    }

    private mutating func fill(_ series: Plot.Series) {
        let character = series.form.character(isPlain: isPlain)
        for (point, next) in zip(series.points, series.points.dropFirst() + series.points.suffix(1)) {
            let (first, last) = (column(point.x), column(next.x))
            for column in first...max(first, last) {
                let share = last > first ? Double(column - first) / Double(last - first) : 0
                let top = point.y + (next.y - point.y) * share
                let bottom = point.base + (next.base - point.base) * share
                guard top > bottom else { continue }
                // The row of the base belongs to the area below, unless this is the lowest.
                let lowest = bottom > plot.vertical.scale.lower ? row(bottom) - 1 : row(bottom)
                for row in stride(from: lowest, through: row(top), by: -1) {
                    canvas.put(character, column, row, series.tint)
                }
            }
        }
    }

    private mutating func mark(_ series: Plot.Series) {
        let character = series.form.character(isPlain: isPlain)
        for point in series.points { canvas.put(character, column(point.x), row(point.y), series.tint) }
    }

    private mutating func draw(_ guide: Plot.Guide) {
        let column = column(guide.x)
        for row in 1...height { canvas.put(isPlain ? "|" : "┊", column, row, guide.tint) }
    }

    /// Those that are near each other have their labels one below the other.
    private mutating func label(_ guides: [Plot.Guide]) {
        var taken: [(row: Int, columns: Range<Int>)] = []
        for guide in guides {
            let column = column(guide.x)
            // To the left where the right has no room.
            let fits = column + 2 + guide.label.count <= left + width
            let start = fits ? column + 2 : max(column - 1 - guide.label.count, left)
            let columns = start..<start + guide.label.count + 1
            let row = (1...height).first { row in !taken.contains { $0.row == row && $0.columns.overlaps(columns) } }
            taken.append((row ?? 1, columns))
            canvas.write(guide.label, start, row ?? 1, guide.tint)
        }
    }
}
