import SockKit

/// Something that an experiment found out.
enum Measured: Sendable, Equatable {
    case number(Int)
    /// A count of bytes.
    case bytes(Int)
    case span(Duration)
    case text(String)
    case flag(Bool)
    /// Texts whose order means nothing or something: the check says which.
    case list([String])

    /// As people read it.
    var description: String {
        switch self {
        case .number(let value): "\(value)"
        case .bytes(let count): count < 10_000 ? "\(count)" : Self.grouped(count)
        case .span(let span): Quantity.duration(span)
        case .text(let text): text
        case .flag(let flag): flag ? "yes" : "no"
        case .list(let texts): texts.isEmpty ? "none" : texts.joined(separator: ", ")
        }
    }

    /// What numbers and spans are compared by; nil for the others.
    var magnitude: Double? {
        switch self {
        case .number(let value), .bytes(let value): Double(value)
        case .span(let span): span.seconds
        case .text, .flag, .list: nil
        }
    }

    /// Whether it is the same, a count of bytes being a number too.
    func agrees(with other: Measured) -> Bool {
        if case .span = self { return self == other }
        if case .span = other { return false }
        guard let own = magnitude, let others = other.magnitude else { return self == other }
        return own == others
    }

    /// Long numbers in groups of three digits.
    private static func grouped(_ count: Int) -> String {
        var groups: [Substring] = []
        var digits = Substring("\(count)")
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits = digits.dropLast(3)
        }
        return ([digits] + groups).joined(separator: ",")
    }
}

extension Measured: JSONRepresentable {
    var json: JSONValue {
        switch self {
        case .number(let value), .bytes(let value): .integer(value)
        case .span(let span): .seconds(span)
        case .text(let text): .string(text)
        case .flag(let flag): .boolean(flag)
        case .list(let texts): .array(texts.map(JSONValue.string))
        }
    }
}

extension Measured: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral
{
    init(integerLiteral value: Int) { self = .number(value) }
    init(stringLiteral value: String) { self = .text(value) }
    init(booleanLiteral value: Bool) { self = .flag(value) }
    init(arrayLiteral elements: String...) { self = .list(elements) }
}

/// All that one run found out, by name, in the order in which it was found.
struct Findings: Sendable, Equatable {
    private(set) var names: [String] = []
    private var values: [String: Measured] = [:]

    subscript(name: String) -> Measured? {
        get { values[name] }
        set {
            if values[name] == nil { names.append(name) }
            values[name] = newValue
        }
    }

    /// A text with each `{name}` replaced by what was found under that name, and each `{name:noun}` by a count of
    /// nouns: `1 byte`, `2 bytes`.
    func filled(_ template: String) -> String {
        template.replacing(/\{([^{}:]+)(?::([^{}]+))?\}/) { match in
            guard let value = self[String(match.1)] else { return "(not known)" }
            guard let noun = match.2 else { return value.description }
            return "\(value.description) \(noun)\(value.magnitude == 1 ? "" : "s")"
        }
    }
}
