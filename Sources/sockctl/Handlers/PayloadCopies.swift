import SockKit

/// The files that keep copies of what passes: `--output` of the payload, `--hex-dump` of both directions.
@Netpoller
final class PayloadCopies {
    private let output: CopyFile?
    private let dumpFile: CopyFile?
    private let dumpsToReports: Bool
    private let reporter: Reporter
    private var dumper = HexDump()
    /// Keeps the payload where nothing else is asked for, without this process seeing it.
    private(set) var plainOutput: PlainCopy?
    /// The first write that failed.
    private(set) var failure: NetworkError?
    /// Told of it: what cannot be kept as asked for ends the run.
    var onFailure: (@Netpoller (NetworkError) -> Void)?
    /// It came when nobody was there to tell it.
    private var isUntold = false

    /// Opens what is asked for; nil, with the failure reported, where that cannot be.
    init?(_ transfer: TransferArguments, reporter: Reporter) {
        self.reporter = reporter
        dumpsToReports = transfer.hexDump == "-"
        do throws(CopyFile.Unopened) {
            output = try transfer.output.map { path throws(CopyFile.Unopened) in
                try CopyFile(path, appending: transfer.appends)
            }
            dumpFile = try (dumpsToReports ? nil : transfer.hexDump).map { path throws(CopyFile.Unopened) in
                try CopyFile(path)
            }
        } catch {
            reporter.report(FailedEvent(error.failure))
            return nil
        }
        for file in [output, dumpFile] { file?.onFailure = { [weak self] error in self?.fail(error) } }
        guard let output, !output.waits, !dumps else { return }
        plainOutput = PlainCopy(output.number) { [weak self] error in self?.fail(output.failure(error)) }
    }

    /// Whether the bytes of the wire are dumped.
    var dumps: Bool { dumpFile != nil || dumpsToReports }

    /// Whether anything wants to see the bytes.
    var isWanted: Bool { output != nil || dumpFile != nil || dumpsToReports }

    /// A stream of which `--output` keeps what is read.
    func kept(_ stream: any ByteStream) -> any ByteStream {
        WatchedStream(held(stream), seesRead: { [self] bytes in keep(bytes) }, copy: plainOutput)
    }

    func see(_ bytes: Span<UInt8>, _ direction: HexDump.Direction) {
        if direction == .received { keep(bytes) }
        dump(bytes, direction)
    }

    /// Payload, which goes to `--output`.
    func keep(_ bytes: Span<UInt8>) {
        keep(bytes, in: output)
    }

    /// Bytes of the wire, which go to `--hex-dump`.
    func dump(_ bytes: Span<UInt8>, _ direction: HexDump.Direction) {
        guard dumps else { return }
        let lines = dumper.lines(bytes, direction)
        if dumpsToReports { reporter.writeLines(lines) } else { keep(lines.span, in: dumpFile) }
    }

    private func keep(_ bytes: Span<UInt8>, in file: CopyFile?) {
        guard failure == nil, let problem = file?.write(bytes) else { return }
        fail(problem)
    }

    private func fail(_ problem: NetworkError) {
        guard failure == nil else { return }
        failure = problem
        onFailure?(problem)
    }

    /// Has a peer's service end, and tell why, when a copy fails; one that is over by then leaves that to `finish`.
    func end(_ peer: Peer) {
        let tell = { @Netpoller [weak self] (error: NetworkError) in
            self?.isUntold = !peer.fail(error)
            return
        }
        onFailure = tell
        // Between two connections nobody was there.
        if isUntold, let failure { tell(failure) }
    }

    // MARK: - Those who read them

    /// Whether somebody reads them whose pace is ours.
    var waits: Bool { output?.waits ?? false || dumpFile?.waits ?? false }

    /// There is no room for what one read gives: whoever reads on makes them grow in memory.
    var isFull: Bool { output?.isFull ?? false || dumpFile?.isFull ?? false }

    /// Waits until there is such room.
    func waitForRoom() async {
        await output?.waitForRoom()
        await dumpFile?.waitForRoom()
    }

    /// A stream that goes on only as fast as those who read the copies do.
    func held(_ stream: any ByteStream) -> any ByteStream { waits ? HeldStream(stream, self) : stream }

    /// Waits until they have all of it, or have had their time, and tells what they have not got; says how a command ends
    /// that this failed for.
    func finish() async -> ExitStatus? {
        let isKnown = failure != nil && !isUntold
        onFailure = nil
        for file in [output, dumpFile] {
            if let loss = await file?.finish() { reporter.report(loss) }
        }
        return isKnown ? nil : failure.map { reporter.fail($0) }
    }
}

/// A stream that is read and written only while there is room for copies.
@Netpoller
private final class HeldStream: WrappedStream {
    private let copies: PayloadCopies

    init(_ inner: any ByteStream, _ copies: PayloadCopies) {
        self.copies = copies
        super.init(inner)
    }

    override func readChunk(maximum: Int?) async throws(NetworkError) -> Chunk {
        await copies.waitForRoom()
        // A task that was cancelled waits for nothing, and whatever pours would be kept.
        if Task.isCancelled { throw names.failure(.read, .cancelled) }
        return try await inner.readChunk(maximum: maximum)
    }

    override func write(_ bytes: Span<UInt8>) async throws(NetworkError) {
        await copies.waitForRoom()
        try await inner.write(bytes)
    }
}

extension Conductor {
    /// The files that keep copies, whose readers get all of it before the program ends; nil, with the failure reported,
    /// where one cannot be had.
    func copies(_ transfer: TransferArguments) -> PayloadCopies? {
        guard let copies = PayloadCopies(transfer, reporter: reporter) else { return nil }
        if copies.waits { endings.append { await copies.finish() } }
        return copies
    }
}
