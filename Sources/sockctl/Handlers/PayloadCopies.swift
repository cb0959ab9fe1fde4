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
        guard let output, !dumps else { return }
        plainOutput = PlainCopy(output.number) { [weak self] error in self?.fail(output.failure(error)) }
    }

    /// Whether the bytes of the wire are dumped.
    var dumps: Bool { dumpFile != nil || dumpsToReports }

    /// Whether anything wants to see the bytes.
    var isWanted: Bool { output != nil || dumpFile != nil || dumpsToReports }

    /// A stream of which `--output` keeps what is read.
    func kept(_ stream: any ByteStream) -> any ByteStream {
        WatchedStream(stream, seesRead: { [self] bytes in keep(bytes) }, copy: plainOutput)
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
        failure = problem
        onFailure?(problem)
    }
}

/// A file that is written to as the bytes pass.
private final class CopyFile {
    struct Unopened: Error {
        let failure: Failure
    }

    private let path: Word
    private let file: FileDescriptor

    init(_ path: Word, appending: Bool = false) throws(Unopened) {
        self.path = path
        do throws(Errno) { file = try FileCalls.open(path.byteString, for: appending ? .append : .write) } catch {
            throw Unopened(failure: Failure(error, "open", path.text))
        }
    }

    var number: Int32 { file.rawValue }

    func failure(_ error: Errno) -> NetworkError {
        NetworkError(.write, .file(path.text), cause: .system(error, call: "write"))
    }

    func write(_ bytes: Span<UInt8>) -> NetworkError? {
        do throws(Errno) {
            try FileCalls.writeBlocking(file.rawValue, bytes)
            return nil
        } catch {
            return failure(error)
        }
    }
}
