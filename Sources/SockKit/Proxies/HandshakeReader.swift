/// Reads the messages of a handshake off a connection, each of them exactly: what follows the last one stays in the socket,
/// for whoever goes on with it, however the bytes were cut on their way.
///
/// What has come is looked at first, and only what belongs to the message is taken. One that is not whole yet is all that
/// has come, so nothing is looked at twice.
@Netpoller
struct HandshakeReader {
    let connection: Connection
    /// What is read: the connection itself, or what counts or slows it.
    let stream: any ByteStream

    /// So much is looked at at once.
    private static let most = 2048

    /// Why a message is not had.
    enum Failure: Error {
        case network(NetworkError)
        case socks(SOCKSFault)
        case http(HTTPRefusal)
        /// The stream ended before the message began.
        case ended

        /// The client went away, in whatever way.
        var isEnd: Bool {
            switch self {
            case .ended: true
            case .network(let error): error.endsConnection
            case .socks, .http: false
            }
        }
    }

    /// The first byte, which stays where it is; nil at the end.
    func firstByte() async throws(NetworkError) -> UInt8? {
        try await connection.peek(upTo: 1).first
    }

    /// The next message of SOCKS.
    func read<Message: SOCKSMessage>(_ type: Message.Type) async throws(Failure) -> Message {
        var reader = SOCKSReader<Message>()
        while true {
            if let message = reader.message { return message }
            let bytes = try await look()
            guard !bytes.isEmpty else {
                guard let fault = reader.fault else { throw .ended }
                throw .socks(fault)
            }
            let taken: Int
            do throws(SOCKSFault) { taken = try reader.push(bytes.span) } catch { throw .socks(error) }
            try await take(taken)
        }
    }

    /// The next head of a request of HTTP, which is then the parser's; its content, if it has any, is still to come.
    func readHead(_ parser: inout RequestParser) async throws(Failure) {
        while true {
            let bytes = try await look()
            guard !bytes.isEmpty else {
                do throws(HTTPRefusal) { try parser.finish() } catch { throw .http(error) }
                throw .ended
            }
            var position = 0
            let event: MessageEvent
            do throws(HTTPRefusal) { event = try parser.next(in: bytes.span, at: &position) } catch {
                throw .http(error)
            }
            try await take(position)
            if event == .head { return }
        }
    }

    private func look() async throws(Failure) -> [UInt8] {
        do throws(NetworkError) { return try await connection.peek(upTo: Self.most) } catch { throw .network(error) }
    }

    /// Takes bytes that have been seen.
    private func take(_ count: Int) async throws(Failure) {
        var left = count
        while left > 0 {
            let count: Int
            do throws(NetworkError) {
                let chunk = try await stream.readChunk(maximum: left)
                count = chunk.count
                chunk.giveBack()
            } catch {
                throw .network(error)
            }
            guard count > 0 else { throw .ended }
            left -= count
        }
    }
}
