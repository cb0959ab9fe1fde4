/// A stream that is read and written as slowly, and in such pieces, as a pace says.
@Netpoller
public final class PacedStream: WrappedStream {
    private let pace: Pace
    private var inbound: Throttle
    private var outbound: Throttle
    private var hasRead = false
    private var hasWritten = false
    private var hasWrittenLine = false
    /// Where readers and writers wait for their time.
    private var pauses: [Parking] = []
    private var isHurried = false

    public init(_ inner: any ByteStream, _ pace: Pace) {
        self.pace = pace
        let keepsMessages = inner.names.network.map { $0.kind != .stream } ?? false
        inbound = Throttle(rate: pace.rate, keepsMessages: keepsMessages)
        outbound = Throttle(rate: pace.rate, keepsMessages: keepsMessages)
        super.init(inner)
    }

    /// Ends the delays that are under way and asks for no more: the stream is coming to its end.
    public func hurry() {
        isHurried = true
        for pause in pauses { pause.wake() }
    }

    public override var plainSource: PlainDescriptor? { pace.readsFreely ? inner.plainSource : nil }
    public override var plainSink: PlainDescriptor? { pace.writesFreely ? inner.plainSink : nil }

    // MARK: - Reading

    public override func readChunk(maximum: Int?) async throws(NetworkError) -> Chunk {
        let delay = hasRead ? pace.readDelay : pace.firstReadDelay
        hasRead = true
        try await pause(delay, .read)
        if let moment = inbound.pause { try await pause(until: moment, .read) }
        let most = [maximum, pace.readSize, inbound.slice].compactMap { $0 }.min()
        let chunk = try await inner.readChunk(maximum: most)
        inbound.note(chunk.count)
        return chunk
    }

    // MARK: - Writing

    /// Writes all the bytes in pieces, each when its time has come; lines are pieces where they are to be apart.
    public override func write(_ bytes: Span<UInt8>) async throws(NetworkError) {
        let most = min(pace.writeSize ?? .max, outbound.slice ?? .max)
        var gone = 0
        while gone < bytes.count {
            // Whoever is cut off while it waits has written what went before.
            do throws(NetworkError) { try await pauseBeforeWriting() } catch { throw error.after(gone) }
            hasWritten = true
            let piece = bytes.extracting(gone..<endOfPiece(bytes, from: gone, most))
            do throws(NetworkError) { try await inner.write(piece) } catch {
                throw error.after(gone + error.bytesTransferred)
            }
            hasWrittenLine = pace.lineDelay > .zero && piece[piece.count - 1] == UInt8(ascii: "\n")
            outbound.note(piece.count)
            gone += piece.count
        }
    }

    private func pauseBeforeWriting() async throws(NetworkError) {
        if hasWrittenLine { try await pause(pace.lineDelay, .write) }
        try await pause(hasWritten ? pace.writeDelay : .zero, .write)
        if let moment = outbound.pause { try await pause(until: moment, .write) }
    }

    private func endOfPiece(_ bytes: Span<UInt8>, from start: Int, _ most: Int) -> Int {
        let end = most < bytes.count - start ? start + most : bytes.count
        guard pace.lineDelay > .zero else { return end }
        return ByteSearch.first([UInt8(ascii: "\n")], in: bytes, from: start).map { min($0 + 1, end) } ?? end
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
        if await place.wait(until: moment) == .cancelled { throw names.failure(operation, .cancelled) }
    }
}
