import SockKit

/// Failures of one kind that follow each other closely: people are told of the first, and how many more there were.
///
/// Whoever opens and resets a hundred thousand connections must not fill a server's disk.
struct FailureFold {
    private struct Kind: Equatable {
        let code: String
        let operation: String?
        let call: String?
    }

    /// What is to be said of failures that were not told.
    enum Rest: Equatable {
        /// There was no other: it says more than a count does.
        case one(Failure)
        /// `isMixed`: not all for the reason that was told.
        case more(Int, isMixed: Bool)
    }

    private var kind: Kind?
    private var last = Deadline.now
    private var hidden: Rest?
    /// Why it was, of those that have a reason of the other side's behind the addresses.
    private var reason: Substring?
    private var isMixed = false

    /// Failures that are further apart are told one by one.
    static let span = Duration.seconds(1)

    /// Whether a failure is one more of those that were told; `isFirst` for the first of them that is hidden.
    mutating func hides(_ failure: Failure, at moment: Deadline) -> (isHidden: Bool, isFirst: Bool) {
        guard let kind, kind == Self.kind(of: failure), moment - last < Self.span else { return (false, false) }
        last = moment
        isMixed = isMixed || Self.reason(of: failure) != reason
        switch hidden {
        case nil: hidden = .one(failure)
        case .one: hidden = .more(2, isMixed: isMixed)
        case .more(let count, _): hidden = .more(count + 1, isMixed: isMixed)
        }
        return (true, hidden == .one(failure))
    }

    /// A failure was told.
    mutating func begin(_ failure: Failure, at moment: Deadline) {
        kind = Self.kind(of: failure)
        (reason, isMixed) = (Self.reason(of: failure), false)
        last = moment
    }

    /// What is to be said of those that were hidden since it was last said.
    mutating func take() -> Rest? {
        defer { (hidden, isMixed) = (nil, false) }
        return hidden
    }

    /// Something else is said: the next failure is told whatever it is. What is to be said before that.
    mutating func end() -> Rest? {
        kind = nil
        return take()
    }

    private static func reason(of failure: Failure) -> Substring? {
        failure.message.firstRange(of: ": tls: ").map { failure.message[$0.upperBound...] }
    }

    /// Nil for one that is gone on after: its text counts it.
    private static func kind(of failure: Failure) -> Kind? {
        failure.goesOn == nil ? Kind(code: failure.code, operation: failure.operation, call: failure.call) : nil
    }
}
