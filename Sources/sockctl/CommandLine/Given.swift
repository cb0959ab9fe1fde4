/// What a command line gave: the names of its options and arguments, each with its value as it was written last.
///
/// A field of the arguments cannot tell a default that was typed from one that was left alone. This can.
struct Given: Equatable, Sendable {
    private var values: [String: String] = [:]

    func contains(_ name: String) -> Bool { values[name] != nil }

    func containsAny(of names: some Sequence<String>) -> Bool { names.contains { contains($0) } }

    /// The value as it was written; empty for a flag, and the words of an argument in one.
    func value(of name: String) -> String? { values[name] }

    /// Notes that a row was given. `defaultText` is its default as the help shows it.
    mutating func note(_ row: RowInfo, _ text: String, defaultText: String?) {
        for name in row.overrides { values[name] = nil }
        // A limit that is switched off is as one that nobody gave, unless there would be one by default.
        if text == row.offWord, defaultText == nil {
            values[row.name] = nil
        } else if row.isPositional, let earlier = values[row.name] {
            values[row.name] = "\(earlier) \(text)"
        } else {
            values[row.name] = text
        }
    }
}

/// What a command line fills.
protocol CommandArguments: Sendable {
    var given: Given { get set }
}
