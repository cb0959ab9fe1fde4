extension Plot {
    /// The picture as an SVG file, to be put on a slide of 16:9.
    ///
    /// It has a background of its own, so that it can be read on a dark slide as on a light one.
    var svg: String { Sheet(plot: self).root.document }
}

/// The picture in shapes.
private struct Sheet {
    let plot: Plot

    private static let width = 1280.0
    private static let height = 720.0
    private let left = 130.0
    private let right = 1240.0
    private let top = 140.0
    private let bottom = 590.0
    private static let ink = "#1f2937"
    private static let faint = "#d9dde3"

    var root: SVG {
        var root = SVG(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "viewBox": "0 0 1280 720", "role": "img",
                "font-family": "system-ui, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif", "font-size": "20",
                "fill": Self.ink,
            ])
        root.children = [SVG("title", text: plot.title), SVG("desc", text: plot.subtitle)]
        root.children.append(
            SVG("rect", ["width": "1280", "height": "720", "rx": "16", "fill": "#ffffff"]))
        root.children.append(
            label(plot.title, Self.width / 2, 56, anchor: "middle", size: 34, weight: "600"))
        root.children.append(label(plot.subtitle, Self.width / 2, 94, anchor: "middle", size: 20, color: "#4b5563"))
        root.children += horizontalAxis + verticalAxis
        root.children += plot.series.filter { if case .area = $0.form { true } else { false } }.map(area)
        root.children += plot.guides.indices.flatMap(guide).filter { $0.text?.isEmpty != true }
        root.children += plot.series.map(marks).filter { !$0.children.isEmpty }
        root.children += legend
        return root
    }

    // MARK: - Axes

    private func x(_ value: Double) -> Double { left + plot.horizontal.scale.position(value) * (right - left) }
    private func y(_ value: Double) -> Double { bottom - plot.vertical.scale.position(value) * (bottom - top) }

    private var horizontalAxis: [SVG] {
        let ticks = plot.horizontal.scale.ticks(atMost: 10).flatMap { tick in
            [
                segment(x(tick), bottom, x(tick), bottom + 8, Self.ink),
                label(plot.horizontal.label(tick), x(tick), bottom + 32, anchor: "middle"),
            ]
        }
        return [segment(left, bottom, right, bottom, Self.ink)] + ticks
            + [label(plot.horizontal.title, (left + right) / 2, bottom + 66, anchor: "middle", size: 22)]
    }

    private var verticalAxis: [SVG] {
        let ticks = plot.vertical.scale.ticks(atMost: 8).flatMap { tick in
            [
                segment(left, y(tick), right, y(tick), Self.faint),
                label(plot.vertical.label(tick), left - 14, y(tick) + 7, anchor: "end"),
            ]
        }
        return ticks + [
            segment(left, top, left, bottom, Self.ink), label(plot.vertical.title, left - 104, top - 18, size: 22),
        ]
    }

    // MARK: - Series

    private func area(_ series: Plot.Series) -> SVG {
        let along = series.points.map { "\(place($0.x, $0.y))" }
        let back = series.points.reversed().map { "\(place($0.x, $0.base))" }
        return SVG(
            "polygon",
            [
                "points": (along + back).joined(separator: " "), "fill": series.tint.hex, "fill-opacity": "0.55",
                "stroke": series.tint.hex, "stroke-width": "1.5",
            ])
    }

    private func marks(_ series: Plot.Series) -> SVG {
        guard case .marks(let mark) = series.form else { return SVG("g") }
        // Many marks are drawn smaller, so that they do not run into each other.
        let size = series.points.count > 400 ? 3.5 : series.points.count > 60 ? 5 : 8.0
        return SVG("g", [:], series.points.map { mark.shape(x($0.x), y($0.y), size, series.tint) })
    }

    /// Those that are near each other have their labels one below the other.
    private func guide(_ index: Int) -> [SVG] {
        let guide = plot.guides[index]
        let place = x(guide.x)
        let above = plot.guides[..<index].count { abs(x($0.x) - place) < 220 }
        let isRight = place > (left + right) / 2
        return [
            segment(place, top, place, bottom, guide.tint.hex, dashes: "8 6"),
            label(
                guide.label, place + (isRight ? -10 : 10), top + 18 + Double(above) * 26,
                anchor: isRight ? "end" : "start",
                color: guide.tint.hex),
        ]
    }

    private var legend: [SVG] {
        var position = left
        return plot.series.filter { !$0.points.isEmpty }.flatMap { series in
            let start = position
            // The font is not known, so the width cannot be measured; this is enough for most.
            position += 60 + 10.5 * Double(series.name.count)
            return [sample(series, start + 8, 690), label(series.name, start + 24, 697)]
        }
    }

    private func sample(_ series: Plot.Series, _ x: Double, _ y: Double) -> SVG {
        if case .marks(let mark) = series.form { return mark.shape(x, y, 8, series.tint) }
        return SVG(
            "rect",
            [
                "x": SVG.number(x - 10), "y": SVG.number(y - 9), "width": "20", "height": "18",
                "fill": series.tint.hex, "fill-opacity": "0.55",
            ])
    }

    // MARK: - Shapes

    private func place(_ x: Double, _ y: Double) -> String { "\(SVG.number(self.x(x))),\(SVG.number(self.y(y)))" }

    private func segment(
        _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ color: String, dashes: String = "none"
    ) -> SVG {
        SVG(
            "line",
            [
                "x1": SVG.number(x1), "y1": SVG.number(y1), "x2": SVG.number(x2), "y2": SVG.number(y2),
                "stroke": color, "stroke-width": "2", "stroke-dasharray": dashes,
            ])
    }

    private func label(
        _ text: String, _ x: Double, _ y: Double, anchor: String = "start", size: Int = 20, weight: String = "400",
        color: String = ink
    ) -> SVG {
        SVG(
            "text",
            [
                "x": SVG.number(x), "y": SVG.number(y), "text-anchor": anchor, "font-size": "\(size)",
                "font-weight": weight, "fill": color,
            ], text: text)
    }
}

extension Plot.Mark {
    /// The mark around a place, `size` to each side.
    fileprivate func shape(_ x: Double, _ y: Double, _ size: Double, _ tint: Tint) -> SVG {
        func at(_ right: Double, _ down: Double) -> String {
            "\(SVG.number(x + right * size)) \(SVG.number(y + down * size))"
        }
        func path(_ data: String, isFilled: Bool) -> SVG {
            SVG(
                "path",
                [
                    "d": data, "fill": isFilled ? tint.hex : "none", "stroke": tint.hex,
                    "stroke-width": isFilled ? "1" : SVG.number(max(size / 2.2, 2)),
                ])
        }
        switch self {
        case .dot, .ring:
            return SVG(
                "circle",
                [
                    "cx": SVG.number(x), "cy": SVG.number(y), "r": SVG.number(size),
                    "fill": self == .dot ? tint.hex : "none", "stroke": tint.hex, "stroke-width": "2",
                ])
        case .cross: return path("M \(at(-1, -1)) L \(at(1, 1)) M \(at(-1, 1)) L \(at(1, -1))", isFilled: false)
        case .triangle: return path("M \(at(0, -1.1)) L \(at(1, 0.9)) L \(at(-1, 0.9)) Z", isFilled: true)
        case .diamond:
            return path("M \(at(0, -1.2)) L \(at(1.2, 0)) L \(at(0, 1.2)) L \(at(-1.2, 0)) Z", isFilled: true)
        }
    }
}
