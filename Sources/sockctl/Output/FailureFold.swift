import SockKit

/// Failures that closely follow others of their kind: people are told of the first, and how many more there were.
///
/// Whoever opens and resets a hundred thousand connections must not fill a server's disk, and no more if he does so in two
/// ways by turns.
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
        /// `isMixed`: not all for the reason that was told. Where others were told since, `like` is one that was not, and
        /// not counted.
        case more(Int, isMixed: Bool, like: Failure? = nil)
    }

    /// Failures of one kind.
    private struct Storm {
        let kind: Kind
        var last: Deadline
        /// Why the first one was, of those that have a reason of the other side's behind the addresses.
        var reason: Substring?
        var hidden = 0
        var latest: Failure?
        var isMixed = false

        mutating func hide(_ failure: Failure, at moment: Deadline) {
            isMixed = isMixed || FailureFold.reason(of: failure, kind) != reason
            (hidden, latest, last) = (hidden + 1, failure, moment)
        }

        mutating func take(isTold: Bool) -> Rest? {
            defer { (hidden, latest, isMixed) = (0, nil, false) }
            guard let latest else { return nil }
            if hidden == 1 { return .one(latest) }
            return isTold
                ? .more(hidden, isMixed: isMixed) : .more(hidden - 1, isMixed: isMixed, like: latest)
        }
    }

    private var storms: [Storm] = []
    /// What was told last: of its kind a count says enough.
    private var told: Kind?

    /// Failures that are further apart are told one by one.
    static let span = Duration.seconds(1)
    /// So many kinds are known at once.
    private static let most = 16

    /// Whether a failure is one more of those that were told; `isFirst` where none was hidden since that was last said.
    mutating func hides(_ failure: Failure, at moment: Deadline) -> (isHidden: Bool, isFirst: Bool) {
        guard let kind = Self.kind(of: failure),
            let place = storms.firstIndex(where: { $0.kind == kind && moment - $0.last < Self.span })
        else { return (false, false) }
        let isFirst = storms.allSatisfy { $0.hidden == 0 }
        storms[place].hide(failure, at: moment)
        return (true, isFirst)
    }

    /// A failure was told.
    mutating func begin(_ failure: Failure, at moment: Deadline) {
        guard let kind = Self.kind(of: failure) else { return }
        told = kind
        storms.removeAll { $0.hidden == 0 && ($0.kind == kind || moment - $0.last >= Self.span) }
        guard storms.count < Self.most, !storms.contains(where: { $0.kind == kind }) else { return }
        storms.append(Storm(kind: kind, last: moment, reason: Self.reason(of: failure, kind)))
    }

    /// What is to be said of those that were hidden since it was last said.
    mutating func take() -> [Rest] {
        var rests: [Rest] = []
        for index in storms.indices {
            guard let rest = storms[index].take(isTold: told == storms[index].kind) else { continue }
            told = storms[index].kind
            rests.append(rest)
        }
        return rests
    }

    /// Something else is said: the next failure is told whatever it is. What is to be said before that.
    mutating func end() -> [Rest] {
        defer { (storms, told) = ([], nil) }
        return take()
    }

    private static func reason(of failure: Failure, _ kind: Kind) -> Substring? {
        guard kind != cutOff else { return nil }
        return failure.message.firstRange(of: ": tls: ").map { failure.message[$0.upperBound...] }
    }

    /// Nil for one that is gone on after: its text counts it. Who cuts connections off does so whatever this side is doing.
    private static func kind(of failure: Failure) -> Kind? {
        guard failure.goesOn == nil else { return nil }
        let isCutOff = failure.code == "ECONNRESET" || failure.code == "EPIPE"
        // Files of this side's own, and whoever is dialled, did not come by themselves.
        guard isCutOff, failure.network != nil, failure.operation != "dial" else {
            return Kind(code: failure.code, operation: failure.operation, call: failure.call)
        }
        return cutOff
    }

    private static let cutOff = Kind(code: "ECONNRESET", operation: nil, call: nil)
}
