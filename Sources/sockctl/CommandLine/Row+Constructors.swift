extension Row {
    /// A flag that sets a field.
    static func flag(
        _ name: String, short: Character? = nil, aliases: [String] = [],
        into path: @autoclosure @escaping @Sendable () -> Field<Bool>, help: String, detail: String? = nil
    ) -> Row {
        .flag(name, short: short, aliases: aliases, into: path(), value: true, help: help, detail: detail)
    }

    /// A flag that gives a field this value.
    static func flag<Value: Sendable>(
        _ name: String, short: Character? = nil, aliases: [String] = [],
        into path: @autoclosure @escaping @Sendable () -> Field<Value>, value: Value, help: String,
        detail: String? = nil
    ) -> Row {
        let info = RowInfo(kind: .flag, name: name, short: short, aliases: aliases, help: help, detail: detail)
        return Row(info) { (arguments: inout Arguments, _: Word) throws(UsageError) in
            arguments[keyPath: path()] = value
        }
    }

    /// A flag whose value are all the words after `--`; the advice is for who writes them elsewhere.
    static func rest(
        _ name: String, short: Character? = nil, into path: Field<[Word]>, help: String, detail: String? = nil,
        advice: String
    ) -> Row {
        var info = RowInfo(kind: .flag, name: name, short: short, help: help, detail: detail)
        info.takesRest = true
        info.valueAdvice = advice
        return Row(info) { (arguments: inout Arguments, word: Word) throws(UsageError) in
            guard !word.bytes.isEmpty || !arguments[keyPath: path].isEmpty else {
                throw UsageError("the program's name is empty", hint: advice)
            }
            arguments[keyPath: path].append(word)
        }
    }

    /// A flag that counts how often it is given.
    static func count(
        _ name: String, short: Character? = nil, into path: @autoclosure @escaping @Sendable () -> Field<Int>,
        help: String, detail: String? = nil
    ) -> Row {
        let info = RowInfo(
            kind: .flag, name: name, short: short, help: help, detail: detail, isRepeatable: true)
        return Row(info) { (arguments: inout Arguments, _: Word) throws(UsageError) in
            arguments[keyPath: path()] += 1
        }
    }

    /// An option with a value; given twice, the last one counts.
    static func option<Value>(
        _ name: String, short: Character? = nil, aliases: [String] = [], as type: ValueType<Value>,
        into path: @autoclosure @escaping @Sendable () -> Field<Value>, help: String, detail: String? = nil
    ) -> Row {
        let info = RowInfo(
            kind: .option, name: name, short: short, aliases: aliases, placeholder: type.placeholder,
            completion: type.completion, help: help, detail: detail, offWord: type.offWord)
        return Row(info) { (arguments: inout Arguments, word: Word) throws(UsageError) in
            arguments[keyPath: path()] = try type.parse(word)
        } defaultText: {
            type.show($0[keyPath: path()])
        }
    }

    /// An option with a value for a field that is nil without it.
    static func option<Value>(
        _ name: String, short: Character? = nil, aliases: [String] = [], as type: ValueType<Value>,
        into path: @autoclosure @escaping @Sendable () -> Field<Value?>, help: String, detail: String? = nil
    ) -> Row {
        let optional = ValueType<Value?>(placeholder: type.placeholder, completion: type.completion) {
            (word: Word) throws(UsageError) in
            try type.parse(word)
        } show: {
            $0.flatMap(type.show)
        }
        return .option(name, short: short, aliases: aliases, as: optional, into: path(), help: help, detail: detail)
    }

    /// An option that may be given several times, each adding a value.
    static func list<Value>(
        _ name: String, short: Character? = nil, aliases: [String] = [], as type: ValueType<Value>,
        into path: @autoclosure @escaping @Sendable () -> Field<[Value]>, help: String, detail: String? = nil
    ) -> Row {
        let info = RowInfo(
            kind: .option, name: name, short: short, aliases: aliases, placeholder: type.placeholder,
            completion: type.completion, help: help, detail: detail, isRepeatable: true)
        return Row(info) { (arguments: inout Arguments, word: Word) throws(UsageError) in
            arguments[keyPath: path()].append(try type.parse(word))
        }
    }

    /// Words that belong to no option, kept as they were written.
    static func positional(
        _ name: String, _ count: ClosedRange<Int>, completion: Completion = .none,
        into path: @autoclosure @escaping @Sendable () -> Field<[Word]>, help: String, detail: String? = nil
    ) -> Row {
        var info = RowInfo(
            kind: .positional(count), name: name, placeholder: name.uppercased(), completion: completion, help: help,
            detail: detail)
        info.section = "Arguments"
        return Row(info) { (arguments: inout Arguments, word: Word) throws(UsageError) in
            arguments[keyPath: path()].append(word)
        }
    }
}
