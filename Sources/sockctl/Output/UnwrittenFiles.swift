import SockKit
import Synchronization

/// Files that a command was to write beside its work, and could not: it goes on, and its end says so.
final class UnwrittenFiles: Sendable {
    private let errors = Lock<[(error: NetworkError, counts: Bool)]>([])

    /// Whether this is the first that is told of its file: several may write to one. One that the end of the command says
    /// nothing of does not count.
    func add(_ error: NetworkError, counts: Bool) -> Bool {
        errors.withLock { known in
            guard !known.contains(where: { $0.error.stream == error.stream }) else { return false }
            known.append((error, counts))
            return true
        }
    }

    /// How a command ends that came to a good end otherwise; nil where all was written.
    var status: ExitStatus? {
        let first = errors.withLock { $0.first { $0.counts } }
        return first.map { ExitStatus(of: $0.error) }
    }
}

extension Reporter {
    /// Reports that a file cannot be written: once, and the command goes on.
    func failUnwritten(_ error: NetworkError, counts: Bool = true) {
        if unwritten.add(error, counts: counts) { fail(error) }
    }
}
