import SockKit

extension Netpoller {
    /// Reads a file that somebody has named, on a thread of its own: opening a pipe waits for somebody who writes, and
    /// reading it for what he writes.
    @Netpoller
    static func read<Value: Sendable>(
        _ file: Word, _ body: @escaping @Sendable () throws(NetworkError) -> Value
    ) async throws(NetworkError) -> Value {
        try await offload(attempt: body) { failure in
            let cause: NetworkError.Cause =
                if case .system(let error) = failure { .system(error, call: "pthread_create") } else { .cancelled }
            return NetworkError(.read, .file(file.text), cause: cause)
        }
    }
}
