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
    private var hasWrittenLine = false
    /// Where readers and writers wait for their time.
    private var pauses: [Parking] = []
    private var isHurried = false

    public init(_ connection: Connection, _ pace: Pace) {
        self.connection = connection
        self.pace = pace
        inbound = Throttle(rate: pace.rate)
        outbound = Throttle(rate: pace.rate)
    }

    /// Ends the delays that are under way and asks for no more: the connection is coming to its end.
    public func hurry() {
        isHurried = true
        for pause in pauses { pause.wake() }
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

    /// Writes all the bytes in pieces, each when its time has come, after a line later than otherwise; `onPiece` is told of each one, also of the part of
    /// one that failed.
    public func write(_ bytes: Span<UInt8>, onPiece: (Int) -> Void) async throws(NetworkError) {
        let most = min(pace.writeSize ?? .max, outbound.slice)
        var gone = 0
        if hasWrittenLine { try await pause(pace.lineDelay, .write) }
        hasWrittenLine = bytes.count > 0 && bytes[bytes.count - 1] == UInt8(ascii: "\n")
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

    /// The pieces that are to be written one by one: lines, where these are to be apart, and all at once otherwise.
    package func pieces(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        pace.lineDelay > .zero ? bytes.split(after: UInt8(ascii: "\n")) : [bytes[...]]
    }

    // MARK: - Waiting

    private func pause(_ span: Duration, _ operation: NetworkError.Operation) async throws(NetworkError) {
        if span > .zero { try await pause(until: .now + span, operation) }
    }

    private func pause(until moment: Deadline, _ operation: NetworkError.Operation) async throws(NetworkError) {
        if isHurried { return }
        let place = Parking()
        pauses.append(place)
        defer { pauses.removeAll { $0 === place } }
        if await place.wait(until: moment) == .cancelled { throw connection.failure(operation, .cancelled) }
    }
}

extension Array<UInt8> {
    /// The pieces that end with `last`, and what is left after the last of them.
    package func split(after last: UInt8) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var rest = self[...]
        while let end = rest.firstIndex(of: last) {
            pieces.append(rest[...end])
            rest = rest[(end + 1)...]
        }
        if !rest.isEmpty { pieces.append(rest) }
        return pieces
    }
}
