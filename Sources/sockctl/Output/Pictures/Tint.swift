/// The colours of a drawing: chosen to be told apart by everyone, on a terminal and on a slide.
enum Tint: String, CaseIterable, Sendable {
    case green, orange, blue, red, purple, grey

    /// The colour on white paper, as `#rrggbb`: Okabe and Ito's, darkened until thin lines can be read.
    var hex: String {
        switch self {
        case .green: "#007a58"
        case .orange: "#c77700"
        case .blue: "#0068a8"
        case .red: "#c2381a"
        case .purple: "#a24b80"
        case .grey: "#6b7280"
        }
    }

    /// The parameter of SGR, the terminal's sequence for colours.
    var code: String {
        switch self {
        case .green: "32"
        case .orange: "33"
        case .blue: "34"
        case .red: "31"
        case .purple: "35"
        case .grey: "2"
        }
    }
}
