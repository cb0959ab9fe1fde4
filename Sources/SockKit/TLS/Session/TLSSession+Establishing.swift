/// From a connection to a session.
extension TLSSession {
    /// Puts itself into a connection and waits until both sides have agreed, at most so long.
    func establish(
        on connection: Connection, within limit: Duration?, operation: NetworkError.Operation
    ) async throws(NetworkError) {
        let before = (connection.readDeadline, connection.writeDeadline)
        let end = limit.map { Deadline.now + $0 }
        if let end {
            connection.readDeadline = min(end, before.0 ?? .never)
            connection.writeDeadline = min(end, before.1 ?? .never)
        }
        do throws(NetworkError) { try await connection.establish(self, as: operation) } catch {
            // The connection has limits of its own, and one of those may have been the first.
            guard error.cause == .timeout, let limit, let end, end.hasPassed else { throw error }
            let text = "tls: no end of the handshake within \(limit.shortText)"
            throw connection.names.failure(operation, .noAnswer(text))
        }
        (connection.readDeadline, connection.writeDeadline) = before
        channel.messages?.isClosed = true
    }

    /// Keeps what goes by until the handshake is over.
    func keepMessages() {
        channel.messages = TLSMessageLog()
        unsafe library.functions.SSL_set_msg_callback(handle, TLSMessageLog.callback)
    }
}

extension NetworkError {
    /// Why a handshake failed; nil where it was given up here.
    var handshakeReason: String? {
        switch cause {
        case .closed, .cancelled: nil
        case .timeout: "i/o timeout"
        case .tls(let failure): failure.text
        case .noAnswer(let text): text.hasPrefix("tls: ") ? String(text.dropFirst(5)) : text
        default: errno?.description ?? description
        }
    }
}

extension Duration {
    fileprivate var shortText: String {
        let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
    }
}
