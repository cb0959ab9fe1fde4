/// One option or positional argument of a command: its description, and where its value goes.
///
/// A row only fills the arguments' structure. Opening, resolving and connecting happen when the command runs.
struct Row<Arguments>: Sendable {
    /// A place in the arguments, which the row's closures may carry anywhere.
    ///
    /// It is made only for the rows that a command line uses: making a key path costs more than all the rest of a row.
    typealias Field<Value> = any WritableKeyPath<Arguments, Value> & Sendable

    var info: RowInfo
    /// Puts one value as written (for a flag, nothing) into the arguments.
    let apply: @Sendable (inout Arguments, Word) throws(UsageError) -> Void
    /// The default as the help shows it, read from the arguments' own default.
    let defaultText: @Sendable (Arguments) -> String?

    init(
        _ info: RowInfo,
        apply: @escaping @Sendable (inout Arguments, Word) throws(UsageError) -> Void,
        defaultText: @escaping @Sendable (Arguments) -> String? = { _ in nil }
    ) {
        self.info = info
        self.apply = apply
        self.defaultText = defaultText
    }

    /// The same row for arguments that contain these, so that groups of options are shared.
    func lifted<Outer>(
        through path: @autoclosure @escaping @Sendable () -> Row<Outer>.Field<Arguments>
    ) -> Row<Outer> {
        Row<Outer>(info) { (outer: inout Outer, word: Word) throws(UsageError) in
            try apply(&outer[keyPath: path()], word)
        } defaultText: {
            defaultText($0[keyPath: path()])
        }
    }

    /// The same flag, which this word may follow; the advice is for who gives it another.
    func followed(by word: String, advice: String? = nil) -> Row {
        var copy = self
        copy.info.idleWord = word
        copy.info.valueAdvice = advice
        return copy
    }

    /// The same row under another title.
    func titled(_ section: String) -> Row {
        var copy = self
        copy.info.section = section
        return copy
    }

    /// The same row, described in the manual but not on the help screen.
    var manualOnly: Row {
        var copy = self
        copy.info.visibility = .manualOnly
        return copy
    }
}

extension Array {
    /// The rows under a title of their own in the help and the manual.
    func titled<Arguments>(_ section: String) -> [Row<Arguments>] where Element == Row<Arguments> {
        map { row in
            var row = row
            row.info.section = section
            return row
        }
    }

    /// The rows for arguments that contain theirs.
    func lifted<Inner, Outer>(
        through path: @autoclosure @escaping @Sendable () -> Row<Outer>.Field<Inner>
    ) -> [Row<Outer>] where Element == Row<Inner> {
        map { $0.lifted(through: path()) }
    }
}
