/// A pipe to move bytes through where splice(2) needs one. It is lent, as making one costs three calls.
@Netpoller
final class OwnPipe {
    private let readEnd: FileDescriptor
    private let writeEnd: FileDescriptor
    /// How many bytes are in it.
    private(set) var held = 0

    private static var free: [OwnPipe] = []
    private static let kept = 8

    var reader: Int32 { readEnd.rawValue }
    var writer: Int32 { writeEnd.rawValue }

    private init?() {
        guard let ends = try? FileCalls.pipe() else { return nil }
        readEnd = FileDescriptor(adopting: ends.reader)
        writeEnd = FileDescriptor(adopting: ends.writer)
        // Fewer, larger moves; the default capacity works as well where this is refused.
        _ = try? FileCalls.resizePipe(ends.writer, to: 1 << 20)
    }

    /// An empty pipe; nil where the process has no more descriptors for one.
    static func take() -> OwnPipe? { free.popLast() ?? OwnPipe() }

    /// Takes it back. One that holds bytes is of no use to anybody else, and is closed.
    static func giveBack(_ pipe: OwnPipe) {
        if pipe.held == 0, free.count < kept { free.append(pipe) }
    }

    func noteFilled(_ count: Int) { held += count }
    func noteDrained(_ count: Int) { held -= count }

    /// Takes some of the bytes out, for a sink that nothing can be spliced into.
    func read(upTo most: Int) throws(Errno) -> [UInt8] {
        let bytes = try FileCalls.readBlocking(reader, upTo: min(held, most))
        held -= bytes.count
        return bytes
    }

    /// Empties it into the sink of a pump, down to what is to stay; false if the sink cannot be spliced into (opened for
    /// appending, say), and all the bytes went there by write(2).
    func drain(_ sink: PlainDescriptor, downTo rest: Int = 0, into pump: Pump) async throws(NetworkError) -> Bool {
        while held > rest {
            let most = held - rest
            do throws(DescriptorFailure) {
                let moved = try await sink.descriptor.perform(.write) { [reader] target throws(Errno) in
                    try TransferCalls.splice(from: reader, to: target, upTo: most)
                }
                held -= moved
                pump.noteDrained(moved, to: sink)
            } catch {
                guard error.meansRefused else { throw pump.failure(of: .sink, sink, error) }
                try await copy(sink, into: pump)
                return false
            }
        }
        return true
    }

    /// Empties it into a file; false if nothing can be spliced there.
    func drain(intoFile number: Int32) throws(Errno) -> Bool {
        while held > 0 {
            let outcome: Attempt<Int>
            do throws(Errno) {
                outcome = try TransferCalls.splice(from: reader, to: number, upTo: held)
            } catch {
                guard error == .invalidArgument else { throw error }
                return false
            }
            // A file makes nobody wait: it is the pipe that could be empty, and it is not.
            guard case .done(let moved) = outcome, moved > 0 else { return false }
            held -= moved
        }
        return true
    }

    private func copy(_ sink: PlainDescriptor, into pump: Pump) async throws(NetworkError) {
        pump.asked = .sink
        while held > 0 {
            let bytes: [UInt8]
            do throws(Errno) { bytes = try read(upTo: 1 << 16) } catch {
                throw pump.failure(of: .sink, sink, .system(error))
            }
            // The stream counts what it is given by itself.
            do throws(NetworkError) { try await pump.sink.write(bytes) } catch {
                pump.noteLost(bytes.count - error.bytesTransferred)
                throw error
            }
            pump.noteDrained(bytes.count, to: nil)
        }
    }
}
