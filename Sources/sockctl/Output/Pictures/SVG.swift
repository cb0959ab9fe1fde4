/// An element of an SVG picture: what is in it is escaped, so that any text makes well-formed XML.
struct SVG: Sendable, Equatable {
    let name: String
    var attributes: [Attribute]
    var text: String?
    var children: [SVG]

    struct Attribute: Sendable, Equatable {
        let name: String
        let value: String
    }

    init(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], text: String? = nil, _ children: [SVG] = [])
    {
        self.name = name
        self.attributes = attributes.map { Attribute(name: $0.key, value: $0.value) }
        self.text = text
        self.children = children
    }

    /// A whole file with this as its root.
    var document: String {
        var output = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        write(to: &output, indent: "")
        return output
    }

    func write(to output: inout String, indent: String) {
        output += "\(indent)<\(name)"
        for attribute in attributes { output += " \(attribute.name)=\"\(Self.escape(attribute.value))\"" }
        guard text != nil || !children.isEmpty else {
            output += "/>\n"
            return
        }
        output += ">"
        if let text { output += Self.escape(text) }
        if !children.isEmpty {
            output += "\n"
            for child in children { child.write(to: &output, indent: indent + "  ") }
            output += indent
        }
        output += "</\(name)>\n"
    }

    /// A coordinate, with as many digits as can be seen.
    static func number(_ value: Double) -> String { value.text(decimals: 2) }

    /// The text with what XML and HTML would take for markup spelled out.
    static func escape(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { output, scalar in
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            // XML 1.0 has no other control characters, not even as references.
            case "\u{0}"..<"\u{9}", "\u{b}"..<"\u{d}", "\u{e}"..<"\u{20}", "\u{fffe}", "\u{ffff}": output += "\u{fffd}"
            default: output.unicodeScalars.append(scalar)
            }
        }
    }
}
