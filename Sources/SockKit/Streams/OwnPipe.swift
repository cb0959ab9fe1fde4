/// A pipe to move bytes through where splice(2) needs one.
@Netpoller
struct OwnPipe: ~Copyable {
    private let readEnd: FileDescriptor
    private let writeEnd: FileDescriptor

    var writer: Int32 { writeEnd.rawValue }

    init?() {
        guard let ends = try? FileCalls.pipe() else { return nil }
        readEnd = FileDescriptor(adopting: ends.reader)
        writeEnd = FileDescriptor(adopting: ends.writer)
        // Fewer, larger moves; the default capacity works as well where this is refused.
        _ = try? FileCalls.resizePipe(ends.writer, to: 1 << 20)
    }

    /// Empties `count` bytes into the sink of a pump; false if the sink cannot be spliced into (opened for appending,
    /// say), and the bytes went there by write(2).
    borrowing func drain(
        _ count: Int, _ sink: PlainDescriptor, into pump: Pump
    ) async throws(NetworkError) -> Bool {
        var left = count
        let reader = readEnd.rawValue
        while left > 0 {
            do throws(DescriptorFailure) {
                let moved = try await sink.descriptor.perform(.write) { target throws(Errno) in
                    try TransferCalls.splice(from: reader, to: target, upTo: left)
                }
                left -= moved
                pump.noteDrained(moved, to: sink)
            } catch {
                guard error.meansRefused else { throw sink.failure(.write, error) }
                try await copy(left, sink, into: pump)
                return false
            }
        }
        return true
    }

    private borrowing func copy(_ count: Int, _ sink: PlainDescriptor, into pump: Pump) async throws(NetworkError) {
        var left = count
        while left > 0 {
            let bytes: [UInt8]
            do throws(Errno) { bytes = try FileCalls.readBlocking(readEnd.rawValue, upTo: min(left, 1 << 16)) } catch {
                throw sink.failure(.write, .system(error))
            }
            // The stream counts what it is given by itself.
            try await pump.sink.write(bytes)
            left -= bytes.count
            pump.noteDrained(bytes.count, to: nil)
        }
    }
}
