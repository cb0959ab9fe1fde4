/// The header on a connection.
@Netpoller
extension ProxyHeader {
    /// Takes the header off a connection, and not a byte of what follows it.
    ///
    /// Bytes that are no header stay where they are. The connection's deadline for reading is as before afterwards.
    public static func read(
        from connection: Connection, until deadline: Deadline, limit: Int = ProxyHeaderReader.usualLimit
    ) async throws(NetworkError) -> ProxyHeader {
        var reader = ProxyHeaderReader(limit: limit)
        let earlier = connection.readDeadline
        connection.readDeadline = min(deadline, earlier ?? .never)
        defer { connection.readDeadline = earlier }
        do throws(NetworkError) {
            while true {
                try await take(&reader, from: connection)
                if let header = reader.header { return header }
            }
        } catch {
            guard error.cause == .timeout, deadline.hasPassed else { throw error }
            let what =
                reader.count == 0 ? "no PROXY header came in time" : "the PROXY header did not come whole in time"
            throw connection.names.failure(.read, .noAnswer(what))
        }
    }

    /// Looks at what is there, and reads as much of it as belongs to the header.
    private static func take(_ reader: inout ProxyHeaderReader, from connection: Connection) async throws(NetworkError)
    {
        var room = [UInt8](repeating: 0, count: 512)
        var span = room.mutableSpan
        let count = try await connection.peek(into: &span)
        guard count > 0 else {
            guard let fault = reader.fault else {
                throw connection.names.failure(.read, .peerEnded("the peer ended before it sent a PROXY header"))
            }
            throw connection.names.failure(.read, .message(fault))
        }
        var taken = 0
        do throws(MessageError) { taken = try reader.push(room.span.extracting(first: count)) } catch {
            throw connection.names.failure(.read, .message(error))
        }
        while taken > 0 {
            let chunk = try await connection.readChunk(maximum: taken)
            taken -= chunk.count
            chunk.giveBack()
        }
    }
}
