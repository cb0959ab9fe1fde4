/// What must be seen in an experiment, what the document says of it, and why it is so.
///
/// In `here` and `why` a `{name}` stands for what was found out under that name, `{name:noun}` for so many of them.
struct Expectation: Sendable {
    /// How what is seen here relates to what the document says.
    enum Judgement: String, Sendable {
        /// The document is right.
        case right
        /// The document is wrong, wherever one looks.
        case wrong
        /// The document is wrong about Linux.
        case wrongOnLinux = "wrong-on-linux"
        /// What the document tells was seen on another system, usually macOS; here it is otherwise.
        case elsewhere
        /// The document was right once, of an older Go or an older kernel.
        case outdated
        /// The document says nothing of it.
        case silent
    }

    let says: String
    let here: String
    let why: String
    let document: Judgement
    let checks: [Check]

    /// An expectation about something that a document says.
    init(says: String, here: String, why: String, document: Judgement = .right, holds checks: Check...) {
        self.says = says
        self.here = here
        self.why = why
        self.document = document
        self.checks = checks
    }

    /// One about something that no document says.
    init(here: String, why: String, holds checks: Check...) {
        says = ""
        self.here = here
        self.why = why
        document = .silent
        self.checks = checks
    }

    func verdict(on findings: Findings) -> Verdict {
        Verdict(
            expectation: self, here: findings.filled(here), why: findings.filled(why),
            faults: checks.compactMap { $0.fault(findings) })
    }
}

/// What became of an expectation.
struct Verdict: Sendable {
    let expectation: Expectation
    /// What was seen.
    let here: String
    let why: String
    /// What should have been otherwise; empty if the expectation is met.
    let faults: [String]

    var isMet: Bool { faults.isEmpty }
}
