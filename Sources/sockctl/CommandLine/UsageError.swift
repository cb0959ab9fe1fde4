/// What is wrong with a command line, in one line, and what would be right.
///
/// The message names the option or word as it was written and ends without a full stop; the hint, if there is one, is
/// printed on a line of its own.
struct UsageError: Error, Equatable {
    var message: String
    var hint: String?

    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }

    /// The same error about a value, said of the option that the value was given to.
    func about(_ option: String) -> UsageError {
        UsageError("'\(option)': \(message)", hint: hint)
    }
}
