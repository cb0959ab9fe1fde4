/// Keeps what goes by between clients and their targets, in one file or in several forms at once.
@Netpoller
public final class Recorder {
    private let files: [(file: FileQueue, format: RecordFormat)]
    /// When it began, in nanoseconds since 1970, and on the clock that never goes back.
    private let start = Timestamp.now.total
    private let monotonicStart = Deadline.now

    /// Opens the files, and replaces what they held. `program` is who makes the record.
    package init(_ paths: [(path: ByteString, format: RecordFormat)], program: String) throws(NetworkError) {
        var files: [(FileQueue, RecordFormat)] = []
        for (path, format) in paths {
            do throws(Errno) {
                files.append((try FileQueue(FileCalls.openOutput(path), named: path.description), format))
            } catch {
                throw NetworkError(.write, .file(path.description), cause: .system(error, call: "open"))
            }
        }
        self.files = files
        for (file, format) in files { file.append { $0 += format.preamble(program: program) } }
    }

    /// The first write that failed.
    public var failure: NetworkError? { files.lazy.compactMap(\.file.failure).first }

    /// Told of a write that failed: a record that cannot be kept as asked for ends the run.
    public var onFailure: (@Netpoller (NetworkError) -> Void)? {
        get { files.first?.file.onFailure }
        set { for (file, _) in files { file.onFailure = newValue } }
    }

    /// Begins with a connection, whose two ends have been joined now.
    public func open(_ subject: RecordSubject) -> ConnectionRecord {
        ConnectionRecord(self, files.map { $0.format.track(of: subject, since: start) })
    }

    /// Waits until all is in the files; where the task is cancelled, no longer than a second for each that somebody reads.
    public func finish() async {
        for (file, _) in files { await file.finish() }
    }

    /// How many bytes were not written in time, and of which files: known once `finish` has returned.
    package var losses: [(path: String, bytes: Int)] {
        files.filter { $0.file.bytesLost > 0 }.map { ($0.file.name, $0.file.bytesLost) }
    }

    /// There is no room for what one read gives: whoever reads on makes the record grow in memory.
    public var isFull: Bool { files.contains(where: \.file.isFull) }

    /// Waits until there is such room.
    public func waitForRoom() async {
        for (file, _) in files where file.isFull { await file.waitForRoom() }
    }

    /// Lets each track append what has just happened to its file.
    func add(
        _ tracks: inout [any RecordTrack], _ happening: (inout any RecordTrack, Int64, inout [UInt8]) -> Void
    ) {
        let time = start + (Deadline.now - monotonicStart).wholeNanoseconds
        for index in tracks.indices { files[index].file.append { happening(&tracks[index], time, &$0) } }
    }
}

/// One connection's part of a record.
@Netpoller
public final class ConnectionRecord {
    private let recorder: Recorder
    private var tracks: [any RecordTrack]
    private var isOver = false
    private var ended: Set<RecordDirection> = []

    init(_ recorder: Recorder, _ tracks: [any RecordTrack]) {
        self.recorder = recorder
        self.tracks = tracks
        recorder.add(&self.tracks) { $0.open(at: $1, into: &$2) }
    }

    /// Waits until there is room for what one read gives.
    public func waitForRoom() async { await recorder.waitForRoom() }

    /// Bytes were read of whoever sends in this direction.
    public func take(_ bytes: Span<UInt8>, _ direction: RecordDirection) {
        recorder.add(&tracks) { $0.append(bytes, direction, at: $1, into: &$2) }
    }

    /// The end was read of whoever sends in this direction.
    public func end(_ direction: RecordDirection) {
        guard ended.insert(direction).inserted else { return }
        recorder.add(&tracks) { $0.end(direction, at: $1, into: &$2) }
    }

    /// Whoever sends in this direction broke the connection off.
    public func reset(_ direction: RecordDirection) {
        guard !isOver else { return }
        isOver = true
        recorder.add(&tracks) { $0.reset(direction, at: $1, into: &$2) }
    }

    /// The connection is over. Where it had not come to its end by itself it was broken off from here, which to the target
    /// looks as if the client had done it.
    public func close() {
        if ended.count < 2 { reset(.up) }
        isOver = true
    }
}
