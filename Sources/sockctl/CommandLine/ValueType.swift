/// How the word of an option's value becomes a value, and how a default is shown.
///
/// `parse` names only the value in its errors; the parser adds the option as it was written.
struct ValueType<Value>: Sendable {
    let placeholder: String
    let completion: Completion
    /// The word that switches off what the option limits.
    let offWord: String?
    private let read: @Sendable (Word) throws(UsageError) -> Value
    let show: @Sendable (Value) -> String?

    /// A value that is text.
    init(
        placeholder: String, completion: Completion = .none, offWord: String? = nil,
        parse: @escaping @Sendable (String) throws(UsageError) -> Value,
        show: @escaping @Sendable (Value) -> String?
    ) {
        self.init(placeholder: placeholder, completion: completion, offWord: offWord) {
            (word: Word) throws(UsageError) in
            // Repaired, it would be another value than the one that was given: another password, another name. It may be a
            // secret, and is not repeated.
            guard let text = String(validating: word.bytes, as: UTF8.self) else {
                throw UsageError("the value is not UTF-8")
            }
            return try parse(text)
        } show: {
            show($0)
        }
    }

    /// A value that is read from the bytes of the word.
    init(
        placeholder: String, completion: Completion = .none, offWord: String? = nil,
        read: @escaping @Sendable (Word) throws(UsageError) -> Value,
        show: @escaping @Sendable (Value) -> String?
    ) {
        self.placeholder = placeholder
        self.completion = completion
        self.offWord = offWord
        self.read = read
        self.show = show
    }

    func parse(_ word: Word) throws(UsageError) -> Value { try read(word) }

    func parse(_ text: String) throws(UsageError) -> Value { try read(Word(text)) }
}

/// What a shell may offer where a value is expected.
enum Completion: Equatable, Sendable {
    case none
    case files
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
}

extension ValueType where Value == Word {
    /// A word whose bytes count, such as a path; it must not be empty unless that means something.
    static func bytes(_ placeholder: String, mayBeEmpty: Bool = false, completion: Completion = .none) -> Self {
        Self(placeholder: placeholder, completion: completion) { (word: Word) throws(UsageError) in
            guard mayBeEmpty || !word.bytes.isEmpty else {
                throw UsageError("the value is empty; give a \(placeholder)")
            }
            return word
        } show: {
            $0.text
        }
    }

    /// The path of a file.
    static var file: Self { .bytes("FILE", completion: .files) }
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
