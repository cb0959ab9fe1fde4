/// How the text of an option's value becomes a value, and how a default is shown.
///
/// `parse` names only the value in its errors; the parser adds the option as it was written.
struct ValueType<Value>: Sendable {
    let placeholder: String
    let completion: Completion
    let parse: @Sendable (String) throws(UsageError) -> Value
    let show: @Sendable (Value) -> String?

    init(
        placeholder: String,
        completion: Completion = .none,
        parse: @escaping @Sendable (String) throws(UsageError) -> Value,
        show: @escaping @Sendable (Value) -> String?
    ) {
        self.placeholder = placeholder
        self.completion = completion
        self.parse = parse
        self.show = show
    }
}

/// What a shell may offer where a value is expected.
enum Completion: Equatable, Sendable {
    case none
    case files
    case directories
    case hosts
    case words([String])
}

extension ValueType where Value == String {
    /// A word taken as it is, which must not be empty.
    static func word(_ placeholder: String, completion: Completion = .none) -> Self {
        Self(placeholder: placeholder, completion: completion) { (text: String) throws(UsageError) in
            guard !text.isEmpty else { throw UsageError("the value is empty; give a \(placeholder)") }
            return text
        } show: {
            $0
        }
    }

    /// One of a few words.
    static func word(_ placeholder: String, among words: [String]) -> Self {
        Self(placeholder: placeholder, completion: .words(words)) { (text: String) throws(UsageError) in
            guard words.contains(text) else { throw .notAmong(words, text) }
            return text
        } show: {
            $0
        }
    }

    /// The path of a file.
    static var file: Self { .word("FILE", completion: .files) }
}

extension ValueType where Value: CaseIterable & RawRepresentable & Sendable, Value.RawValue == String {
    /// One of an enumeration's cases, by its raw value.
    static func choice(_ placeholder: String) -> Self {
        let words = Value.allCases.map(\.rawValue)
        return Self(placeholder: placeholder, completion: .words(words)) { (text: String) throws(UsageError) in
            guard let value = Value(rawValue: text) else { throw .notAmong(words, text) }
            return value
        } show: {
            $0.rawValue
        }
    }
}

extension UsageError {
    fileprivate static func notAmong(_ words: [String], _ text: String) -> UsageError {
        let nearest = Suggestion.nearest(to: text, among: words)
        return UsageError(
            "'\(text)' is none of \(words.joined(separator: ", "))", hint: nearest.map { "did you mean '\($0)'?" })
    }
}
