/// A connection that is read and written as slowly, and in such pieces, as a pace says.
@Netpoller
public final class PacedConnection {
    public let connection: Connection
    public let pace: Pace
    private var inbound: Throttle
    private var outbound: Throttle
    private var received = 0
    private var hasRead = false
    private var hasWritten = false
    private let rest = Parking()
    private var isHurried = false

    public init(_ connection: Connection, _ pace: Pace) {
        self.connection = connection
        self.pace = pace
        inbound = Throttle(rate: pace.rate)
        outbound = Throttle(rate: pace.rate)
    }

    /// Ends the delay that is under way and asks for no more: the connection is coming to its end.
    public func hurry() {
        isHurried = true
        rest.wake()
    }

    // MARK: - Reading

    /// One read when its time has come; an empty chunk is the end.
    public func readChunk() async throws(NetworkError) -> Chunk {
        try await waitToRead()
        let chunk = try await connection.readChunk(maximum: room)
        try note(chunk.count)
        return chunk
    }

    /// Waits until the next read may be made.
    package func waitToRead() async throws(NetworkError) {
        let delay = hasRead ? pace.readDelay : pace.firstReadDelay
        hasRead = true
        try await pause(delay, .read)
        if let moment = inbound.pause { try await pause(until: moment, .read) }
    }

    /// Counts what a read gave, and refuses what is too much.
    package func note(_ count: Int) throws(NetworkError) {
        received += count
        inbound.note(count)
        guard let most = pace.maximumBytes, received > most else { return }
        throw NetworkError(
            .read, network: connection.network, local: connection.localEndpoint, remote: connection.remoteEndpoint,
            cause: .limit("the peer sent more than \(most) bytes"))
    }

    /// What the next read may take. At the limit one byte more is asked for, to see whether there is one.
    private var room: Int {
        let left = pace.maximumBytes.map { max(1, $0 - received) } ?? .max
        return min(pace.readSize, left, inbound.slice)
    }

    // MARK: - Writing

    /// Writes all the bytes in pieces, each when its time has come; `onPiece` is told of each one, also of the part of
    /// one that failed.
    public func write(_ bytes: Span<UInt8>, onPiece: (Int) -> Void) async throws(NetworkError) {
        let most = min(pace.writeSize ?? .max, outbound.slice)
        var gone = 0
        while gone < bytes.count {
            try await pause(hasWritten ? pace.writeDelay : .zero, .write)
            if let moment = outbound.pause { try await pause(until: moment, .write) }
            hasWritten = true
            let piece = bytes.extracting(gone..<min(bytes.count, most < bytes.count - gone ? gone + most : bytes.count))
            do throws(NetworkError) { try await connection.write(piece) } catch {
                onPiece(error.bytesTransferred)
                throw error.after(gone + error.bytesTransferred)
            }
            onPiece(piece.count)
            outbound.note(piece.count)
            gone += piece.count
        }
    }

    /// Waits for as long as lines are to be apart.
    func pauseBetweenLines() async throws(NetworkError) {
        try await pause(pace.lineDelay, .write)
    }

    // MARK: - Waiting

    private func pause(_ span: Duration, _ operation: NetworkError.Operation) async throws(NetworkError) {
        if span > .zero { try await pause(until: .now + span, operation) }
    }

    private func pause(until moment: Deadline, _ operation: NetworkError.Operation) async throws(NetworkError) {
        if isHurried { return }
        if await rest.wait(until: moment) == .cancelled { throw connection.failure(operation, .cancelled) }
    }
}
