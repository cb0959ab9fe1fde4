import Glibc
import SockKit
import Synchronization
import Testing

@testable import sockctl

@Suite(.timeLimit(.minutes(5))) struct LineSinkTests {
    @Test func `a terminal that nobody reads holds nobody up, and loses nothing`() async throws {
        let (terminal, path) = try TerminalCalls.open()
        let screen = unsafe open(path, O_RDWR | O_NOCTTY)
        defer {
            close(terminal)
            close(screen)
        }
        let sink = LineSink(screen, isTerminal: true) { _ in [] }
        // Much more than it has room for, and that is no multiple of a line.
        let lines = (100..<200).map { Array("\($0)\(String(repeating: "x", count: 4000))".utf8) }
        let isWritten = Lock(false)
        startThread {
            for line in lines { sink.write { line + [UInt8(ascii: "\n")] } }
            isWritten.withLock { $0 = true }
        }
        try await eventually("end of the writing") { isWritten.withLock { $0 } ? () : nil }
        // The terminal adds a carriage return to each.
        let wanted = lines.flatMap { $0 + Array("\r\n".utf8) }
        _ = fcntl(terminal, F_SETFL, 0)
        let isWhole = await onThread { bytes(from: terminal, upTo: wanted.count) } == wanted
        #expect(isWhole)
        try await eventually("end of the queue") { sink.isBusy ? nil : () }
    }

    @Test func `what stands below is wiped although the reader is behind`() async throws {
        let text = try await read { sink in
            sink.setStatus("50 %")
            // A pipe holds less.
            sink.write { [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20) + Array("\n".utf8) }
            sink.setStatus(nil)
        }
        #expect(String(decoding: text.suffix(9), as: UTF8.self) == "\n50 %\r\u{1b}[K")
    }

    @Test func `a line that is longer than the queue may be is written all the same`() async throws {
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 5 << 20) + Array("\n".utf8)
        let text = try await read { sink in sink.write { line } }
        let isWhole = text == line
        #expect(isWhole)
    }

    /// What comes out at the other end of a pipe that is read only when all has been said.
    private func read(_ body: (LineSink) -> Void) async throws -> [UInt8] {
        let (reader, writer) = try FileCalls.pipe()
        let sink = LineSink(writer, isTerminal: false) { _ in [] }
        body(sink)
        _ = fcntl(reader, F_SETFL, 0)
        async let text = onThread { bytes(from: reader) }
        try await eventually("end of the queue") { sink.isBusy ? nil : () }
        close(writer)
        let read = await text
        close(reader)
        return read
    }
}

/// All bytes until the end, or so many, waiting for them.
private func bytes(from reader: Int32, upTo limit: Int = .max) -> [UInt8] {
    var bytes: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < limit, case let count = unsafe Glibc.read(reader, &room, room.count), count > 0 {
        bytes += room[..<count]
    }
    return bytes
}
