import SockKit

extension Timeline {
    /// The timeline as a sequence diagram: for a slide, or in a page.
    func picture(titled title: String) -> SVG { SequenceDiagram(self, title).root }
}

/// A sequence diagram: a line downwards for each lane, and a row for whatever happened.
///
/// A call is drawn from its lane to the kernel's, for that is where it goes.
private struct SequenceDiagram {
    private let title: String
    private let rows: [Placed]
    private let height: Double

    private struct Placed {
        let row: TimelineRow
        let lines: [String]
        let top: Double
        let height: Double
    }

    private static let width = 1000.0
    private static let top = 96.0
    private static let lineHeight = 18.0
    /// Characters of the text's size that fit between two lanes.
    private static let letters = 51

    init(_ timeline: Timeline, _ title: String) {
        self.title = title
        var placed: [Placed] = []
        var y = Self.top
        let plain = Terminal(-1, isTerminal: false, color: .never)
        for row in timeline.rows {
            let text = TimelineText.text(of: row, plain).text
            let letters = row.part == .step ? 100 : Self.letters
            let lines = Paragraph.lines(text.printable, width: letters, hanging: 0)
            let height = Double(max(lines.count, 1)) * Self.lineHeight + (row.part == .step ? 22 : 14)
            placed.append(Placed(row: row, lines: lines, top: y, height: height))
            y += height
        }
        rows = placed
        height = y + 30
    }

    private static func x(_ lane: Timeline.Lane) -> Double {
        switch lane {
        case .client: 100
        case .kernel: 520
        case .server: 940
        }
    }

    var root: SVG {
        var root = SVG(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "viewBox": "0 0 1000 \(SVG.number(height))", "role": "img",
                "class": "timeline", "font-family": "system-ui, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif",
                "font-size": "14",
            ])
        root.children = [SVG("title", text: title), SVG("style", text: Self.style)]
        root.children.append(
            SVG("rect", ["class": "paper", "width": "1000", "height": SVG.number(height), "rx": "12"]))
        root.children.append(
            text(title, Self.width / 2, 36, "title", anchor: "middle"))
        root.children += Timeline.Lane.allCases.flatMap(lane)
        root.children += bars
        root.children += rows.flatMap(draw)
        return root
    }

    /// One sheet for light paper and for dark: whoever shows the picture says which.
    private static let style = """
        .timeline .paper{fill:#fff}.timeline text{fill:#1f2937}.timeline .title{font-size:20px;font-weight:600}
        .timeline .step{font-weight:600}.timeline .time,.timeline .inferred{fill:#5b6472}
        .timeline .inferred{font-style:italic}.timeline .failed{fill:#b02a10}
        .timeline .client{fill:#0068a8}.timeline .kernel{fill:#8d3d6e}.timeline .server{fill:#007a58}
        .timeline .line{stroke:#c4cad3;stroke-width:1.5}.timeline .rule{stroke:#dde1e7}
        .timeline line.client{stroke:#0068a8}.timeline line.kernel{stroke:#8d3d6e}.timeline line.server{stroke:#007a58}
        .timeline line.failed{stroke:#b02a10}.timeline .answer{stroke-dasharray:5 4}
        @media (prefers-color-scheme:dark){.timeline .paper{fill:#14181f}.timeline text{fill:#e5e9f0}
        .timeline .time,.timeline .inferred{fill:#9aa5b4}.timeline .failed{fill:#ff8a70}
        .timeline .client{fill:#6cb8f0}.timeline .kernel{fill:#e39cc6}.timeline .server{fill:#4fd1a5}
        .timeline .line{stroke:#4a5361}.timeline .rule{stroke:#2c333d}
        .timeline line.client{stroke:#6cb8f0}.timeline line.kernel{stroke:#e39cc6}.timeline line.server{stroke:#4fd1a5}
        .timeline line.failed{stroke:#ff8a70}}
        """

    private func lane(_ lane: Timeline.Lane) -> [SVG] {
        let x = Self.x(lane)
        return [
            text(lane.rawValue, x, 72, lane.rawValue, anchor: "middle", weight: "600"),
            segment(x, 82, x, height - 16, "line"),
        ]
    }

    /// Where a call is under way its lane is thick.
    private var bars: [SVG] {
        Timeline.Lane.allCases.flatMap { lane in
            rows.filter { $0.row.busy.contains(lane) || $0.row.part == .beginning && $0.row.lane == lane }.map {
                placed in
                let isFirst = placed.row.part == .beginning && placed.row.lane == lane
                let top = placed.top + (isFirst ? placed.height - 10 : -10)
                return SVG(
                    "rect",
                    [
                        "class": lane.rawValue, "x": SVG.number(Self.x(lane) - 3), "y": SVG.number(top), "width": "6",
                        "height": SVG.number(isFirst ? 10 : placed.height),
                    ])
            }
        }
    }

    private func draw(_ placed: Placed) -> [SVG] {
        let row = placed.row
        let time = text(
            TimelineText.time(row.time), row.part == .step ? 20 : 88, placed.top + Self.lineHeight - 4, "time",
            anchor: row.part == .step ? "start" : "end", size: 11)
        if row.part == .step { return step(placed) }
        return [time] + label(placed) + (row.kind == .call ? arrows(placed) : [mark(placed)])
    }

    private func step(_ placed: Placed) -> [SVG] {
        let y = placed.top + Self.lineHeight
        let texts = placed.lines.enumerated().map { index, line in
            text(line, 20, y + Double(index) * Self.lineHeight, "step")
        }
        // The lanes' lines would run through the words.
        let paper = SVG(
            "rect",
            [
                "class": "paper", "x": "10", "y": SVG.number(placed.top - 4), "width": "980",
                "height": SVG.number(placed.height),
            ])
        return [paper, segment(20, placed.top - 4, Self.width - 20, placed.top - 4, "rule")] + texts
    }

    private func label(_ placed: Placed) -> [SVG] {
        let row = placed.row
        let x = Self.x(row.lane)
        let style =
            row.failed ? "failed" : row.kind == .inferred ? "inferred" : row.kind == .fact ? row.lane.rawValue : "call"
        let (place, anchor) =
            switch row.lane {
            case .client: (x + 12, "start")
            case .kernel: (x + 12, "start")
            case .server: (x - 12, "end")
            }
        return placed.lines.enumerated().map { index, line in
            text(line, place, placed.top + Self.lineHeight * Double(index + 1) - 4, style, anchor: anchor)
        }
    }

    /// A call goes to the kernel, and its answer comes back.
    private func arrows(_ placed: Placed) -> [SVG] {
        let row = placed.row
        guard row.lane != .kernel else { return [mark(placed)] }
        let (from, to) = (Self.x(row.lane), Self.x(.kernel))
        let y = placed.top + placed.height - 8
        let style = row.failed ? "failed" : row.lane.rawValue
        let goes = row.part != .ending
        let (start, end) = goes ? (from, to) : (to, from)
        let way = end > start ? -1.0 : 1.0
        let head = [(end, y), (end + way * 9, y - 4), (end + way * 9, y + 4)]
            .map { "\(SVG.number($0.0)),\(SVG.number($0.1))" }.joined(separator: " ")
        return [
            segment(start, y, end, y, goes ? style : "\(style) answer"),
            SVG("polygon", ["class": style, "points": head]),
        ]
    }

    private func mark(_ placed: Placed) -> SVG {
        SVG(
            "circle",
            [
                "class": placed.row.lane.rawValue, "cx": SVG.number(Self.x(placed.row.lane)),
                "cy": SVG.number(placed.top + Self.lineHeight - 9), "r": "4.5",
            ])
    }

    private func segment(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) -> SVG {
        SVG(
            "line",
            [
                "class": style, "x1": SVG.number(x1), "y1": SVG.number(y1), "x2": SVG.number(x2), "y2": SVG.number(y2),
            ])
    }

    private func text(
        _ text: String, _ x: Double, _ y: Double, _ style: String, anchor: String = "start", size: Double? = nil,
        weight: String? = nil
    ) -> SVG {
        var element = SVG(
            "text", ["class": style, "x": SVG.number(x), "y": SVG.number(y), "text-anchor": anchor], text: text)
        if let size { element.attributes.append(SVG.Attribute(name: "font-size", value: SVG.number(size))) }
        if let weight { element.attributes.append(SVG.Attribute(name: "font-weight", value: weight)) }
        return element
    }
}
