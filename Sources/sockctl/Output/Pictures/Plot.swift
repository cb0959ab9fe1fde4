/// A picture of measurements, as data: `text` draws it in characters, `svg` in shapes.
struct Plot: Sendable {
    var title: String
    /// The parameters, on one line.
    var subtitle = ""
    var horizontal: Axis
    var vertical: Axis
    /// Later ones are drawn over earlier ones, and marks over areas.
    var series: [Series]
    var guides: [Guide] = []

    /// One direction of the picture.
    struct Axis: Sendable {
        let title: String
        let scale: Scale
        /// A tick's value as it is written.
        let label: @Sendable (Double) -> String

        init(_ title: String, _ scale: Scale, label: @escaping @Sendable (Double) -> String) {
            self.title = title
            self.scale = scale
            self.label = label
        }
    }

    /// Measurements of one kind, which share a name in the legend, a colour and a form.
    struct Series: Sendable {
        let name: String
        let tint: Tint
        let form: Form
        var points: [Point]

        init(_ name: String, _ tint: Tint, _ form: Form, _ points: [Point]) {
            self.name = name
            self.tint = tint
            self.form = form
            self.points = points
        }
    }

    enum Form: Sendable, Hashable {
        case marks(Mark)
        /// Between each point's `base` and its `y`; drawn with this density where there are no colours.
        case area(Shade)
    }

    /// A mark's shape, which tells series apart without colours.
    enum Mark: Sendable, Hashable, CaseIterable {
        case dot, ring, cross, triangle, diamond

        func character(isPlain: Bool) -> Character {
            switch self {
            case .dot: isPlain ? "o" : "●"
            case .ring: isPlain ? "O" : "○"
            case .cross: isPlain ? "x" : "×"
            case .triangle: isPlain ? "^" : "▲"
            case .diamond: isPlain ? "+" : "◆"
            }
        }
    }

    /// How densely an area is filled.
    enum Shade: Sendable, Hashable, CaseIterable {
        case light, medium, dark

        func character(isPlain: Bool) -> Character {
            switch self {
            case .light: isPlain ? "." : "░"
            case .medium: isPlain ? ":" : "▒"
            case .dark: isPlain ? "#" : "▓"
            }
        }
    }

    struct Point: Sendable, Hashable {
        let x: Double
        let y: Double
        /// Where an area begins.
        let base: Double

        init(_ x: Double, _ y: Double, base: Double = 0) {
            self.x = x
            self.y = y
            self.base = base
        }
    }

    /// A straight line from the bottom to the top, with a word on what it marks.
    struct Guide: Sendable, Hashable {
        let x: Double
        let label: String
        let tint: Tint

        init(_ x: Double, _ label: String, _ tint: Tint = .grey) {
            self.x = x
            self.label = label
            self.tint = tint
        }
    }
}
