import SockKit

/// What `-vv` tells of a connection: what the kernel made of its options, and each read and write.
@Netpoller
final class TransferLog {
    private let reporter: Reporter
    private let ends: Ends
    private var received = 0
    private var sent = 0

    private init(_ connection: Connection, _ number: Int, _ reporter: Reporter) {
        self.reporter = reporter
        ends = Ends(connection, number: number)
        if let facts = connection.socketFacts { reporter.report(SocketOptionsEvent(ends: ends, facts: facts)) }
    }

    /// What a transport puts around its connections.
    nonisolated static func watch(_ reporter: Reporter) -> @Netpoller @Sendable (Connection, Int) -> any ByteStream {
        { connection, number in
            let log = TransferLog(connection, number, reporter)
            return WatchedStream(connection) {
                log.noteRead($0.count)
            } seesWritten: {
                log.noteWrite($0.count)
            }
        }
    }

    private func noteRead(_ count: Int) {
        guard count > 0 else { return }
        received += count
        reporter.report(ReadEvent(ends: ends, bytes: count, total: received))
    }

    private func noteWrite(_ count: Int) {
        sent += count
        reporter.report(WroteEvent(ends: ends, bytes: count, total: sent))
    }
}
