/// A flag that fingers know from nc or ncat and that means nothing here; refused, with what to use instead.
struct ForeignFlag: Equatable, Sendable {
    /// All its spellings, dashes included.
    let spellings: [String]
    /// What to use, as a clause: `use --recv-only`.
    let advice: String

    init(_ spellings: String..., advice: String) {
        self.spellings = spellings
        self.advice = advice
    }

    /// The same of a list of spellings.
    init(spellings: [String], advice: String) {
        self.spellings = spellings
        self.advice = advice
    }

    /// The refusal of the flag as it was written.
    func refusal(of spelling: String) -> UsageError {
        UsageError("'\(spelling)' means nothing here; \(advice)")
    }
}
