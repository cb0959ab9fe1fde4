import SockKit

/// Records of what is forwarded: where they are kept, and which one is played.
struct RecordArguments: Equatable, Sendable {
    var capture: Word?
    var lines: Word?
    var replay: Word?
    var speed = 1.0

    /// What keeps the record, in all forms that are asked for; nil where none is.
    @Netpoller
    func recorder() throws(NetworkError) -> Recorder? {
        var files: [(path: ByteString, format: RecordFormat)] = []
        if let capture { files.append((capture.byteString, .pcapng)) }
        if let lines { files.append((lines.byteString, .json)) }
        return files.isEmpty ? nil : try Recorder(files, program: "sockctl \(Screens.version)")
    }

    var writtenFiles: [WrittenFiles.Named] { [("record", capture), ("record-json", lines)] }

    static let rows: [Row<RecordArguments>] = [
        .option(
            "record", as: .file, into: \.capture, help: "Keep a capture that Wireshark opens.",
            detail: """
                A pcapng file with the bytes of both sides as packets between client and target. See RECORDS. A file \
                that exists is replaced; one that cannot be written ends the run.
                """
        ).refuses("-", reason: noOutput, hint: "to write to standard output name /dev/stdout"),
        .option(
            "record-json", as: .file, into: \.lines, help: "Keep the same as JSON Lines.",
            detail: "An object for each thing that happens. Both options may be given."
        ).manualOnly.refuses("-", reason: noOutput, hint: "to write to standard output name /dev/stdout"),
        .option(
            "replay", as: .file, into: \.replay, help: "Play a record's clients to the target.",
            detail: """
                What they sent is sent to the target, at the times at which they did, and what comes back is compared. \
                The status is 1 if it differs. Nobody is listened for: the target is the only address, and one before \
                it is not opened. See RECORDS.
                """
        ).manualOnly.honours(
            PeerArguments.plainNames.union(ProxyArguments.names).union([
                "replay-speed", "target", "balance", "seed", "timeout", "retry", "retry-delay", "retry-max-delay",
                "idle-timeout", "max-time", "busy-poll",
            ]),
            reason: "'{other}' has no effect with '--replay', which forwards nothing"),
        .option(
            "replay-speed", as: .factor, into: \.speed, help: "Play so many times as fast.",
            detail: "0.5 is half as fast."
        ).manualOnly
            .needs("replay", reason: "'--replay-speed' is about '--replay', and nothing is played"),
    ].titled("Records")

    private static let noOutput = "'{option}' would be standard output, and a file is kept"
}

extension Conductor {
    /// What keeps the record, whose files get all of it before the program ends; nil where none is asked for.
    func recorder(_ record: RecordArguments) throws(NetworkError) -> Recorder? {
        guard let recorder = try record.recorder() else { return nil }
        endings.append { [reporter] in
            let isKnown = recorder.failure != nil
            recorder.onFailure = nil
            await recorder.finish()
            for loss in recorder.losses { reporter.report(OutputDroppedEvent(bytes: loss.bytes, path: loss.path)) }
            return isKnown ? nil : recorder.failure.map { reporter.fail($0) }
        }
        return recorder
    }
}

extension ValueType where Value == Double {
    /// How many times as fast.
    fileprivate static var factor: Self {
        Self(placeholder: "X") { (text: String) throws(UsageError) in
            let isPlain = text.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
            guard isPlain, let factor = Double(text), (0.001...1_000_000).contains(factor) else {
                throw UsageError("'\(text)' is not a number from 0.001 to 1000000")
            }
            return factor
        } show: {
            $0 == $0.rounded() ? "\(Int($0))" : "\($0)"
        }
    }
}
