/// One line of a summary: a name in snake_case, and what was measured.
struct Measure: Sendable, Hashable {
    enum Value: Sendable, Hashable {
        case count(Int)
        case bytes(Int)
        case duration(Duration)
        case flag(Bool)
        case text(String)
        case list([String])
        /// Several figures of one thing.
        case group([Measure])
        case counts([Int])
        /// Bytes per second.
        case rate(Int)
        /// So many in a second.
        case frequency(Int)
        /// So often in a second, seldom things too.
        case perSecond(Double)
        /// A part of a whole, which is 1.
        case share(Double)
        /// It was not measured, or makes no sense here.
        case nothing

        /// A count, where there is one.
        static func counted(_ count: Int?) -> Self { count.map { .count($0) } ?? .nothing }
    }

    let name: String
    let value: Value

    init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }
}

extension Measure.Value {
    var text: String {
        switch self {
        case .count(let value): "\(value)"
        case .bytes(let value): Quantity.bytes(value)
        case .duration(let value): Quantity.duration(value)
        case .flag(let value): value ? "yes" : "no"
        case .text(let value): value.printable
        case .list(let values): values.isEmpty ? "-" : values.joined(separator: ", ").printable
        case .group(let parts):
            parts.isEmpty ? "none" : parts.map { "\($0.name) \($0.value.text)" }.joined(separator: ", ")
        case .counts(let values): values.map(String.init).joined(separator: ", ")
        case .frequency(let value): "\(value)/s"
        case .perSecond(let value): "\(value.text(decimals: value < 100 ? 2 : 0))/s"
        case .share(let value): "\(Int((value * 100).rounded())) %"
        case .rate(let value): Quantity.rate(value, in: .seconds(1)) ?? "-"
        case .nothing: "-"
        }
    }
}

extension Measure.Value: JSONRepresentable {
    var json: JSONValue {
        switch self {
        case .count(let value), .bytes(let value): .integer(value)
        case .duration(let value): .seconds(value)
        case .flag(let value): .boolean(value)
        case .text(let value): .string(value)
        case .list(let values): .array(values.map(JSONValue.string))
        case .group(let parts): .object(parts.map { .init($0.name, $0.value.json) })
        case .counts(let values): .array(values.map(JSONValue.integer))
        case .rate(let value), .frequency(let value): .integer(value)
        case .perSecond(let value), .share(let value): .number(value)
        case .nothing: .null
        }
    }
}
