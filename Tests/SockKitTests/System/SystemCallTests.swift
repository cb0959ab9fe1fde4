import Glibc
@testable import SockKit
import Testing

@Suite struct SystemCallTests {
    @Test func `an interrupted call is made again until it is not`() throws {
        let ends = try PipeEnds()
        let faults = FaultSwitch.install("write", on: ends.writer.rawValue, [.interrupted, .interrupted])
        defer { faults.remove() }
        let outcome = try unsafe [UInt8]("hi".utf8).withUnsafeBytes {
            try unsafe TransferCalls.write(ends.writer.rawValue, $0)
        }
        guard case .done(2) = outcome else { throw Unexpected("\(outcome)") }
        #expect(faults.records.map(\.errno) == [.interrupted, .interrupted, nil])
        #expect(faults.records.map(\.result) == [-1, -1, 2])
    }

    @Test func `a call that is interrupted a thousand times in a row is an error`() throws {
        let ends = try PipeEnds()
        let faults = FaultSwitch.install(
            "write", on: ends.writer.rawValue, [Errno](repeating: .interrupted, count: 1001))
        defer { faults.remove() }
        #expect(throws: Errno.interrupted) {
            try unsafe [UInt8]("hi".utf8).withUnsafeBytes {
                try unsafe TransferCalls.write(ends.writer.rawValue, $0)
            }
        }
        #expect(faults.calls == 1000)
    }

    @Test func `an interrupted close is not made again, and is no error`() throws {
        let ends = try FileCalls.pipe()
        let reader = FileDescriptor(adopting: ends.reader)
        let faults = FaultSwitch.install("close", on: ends.writer, [.interrupted])
        defer { faults.remove() }
        // A second close would be an error: there is no such descriptor any more, or it is somebody else's by now.
        try FileDescriptor(adopting: ends.writer).close()
        #expect(faults.calls >= 1)
        #expect(try reader.isAtEnd)
    }

    @Test func `an interrupted connect is not made again: it goes on by itself`() throws {
        let socket = try SocketCalls.socket(.inet, .stream)
        let faults = FaultSwitch.install("connect", on: socket.rawValue, [.interrupted])
        defer { faults.remove() }
        #expect(throws: Errno.interrupted) {
            try SocketCalls.connect(socket.rawValue, to: .ip(.v4Loopback, port: 9), family: .inet)
        }
        #expect(faults.calls == 1)
    }

    @Test func `would-block is a value, any other error is thrown`() throws {
        let ends = try PipeEnds()
        var byte: UInt8 = 0
        let outcome = try unsafe withUnsafeMutableBytes(of: &byte) {
            try unsafe TransferCalls.read(ends.reader.rawValue, into: $0)
        }
        guard case .wouldBlock = outcome else { throw Unexpected("\(outcome)") }
        let faults = FaultSwitch.install("read", on: ends.reader.rawValue, [.inputOutput])
        defer { faults.remove() }
        #expect(throws: Errno.inputOutput) {
            try unsafe withUnsafeMutableBytes(of: &byte) {
                try unsafe TransferCalls.read(ends.reader.rawValue, into: $0)
            }
        }
    }

    @Test func `an observer sees what was called, with what, and what came of it`() throws {
        let socket = try SocketCalls.socket(.inet, .stream)
        let watch = FaultSwitch.install("bind", on: socket.rawValue)
        defer { watch.remove() }
        #expect(throws: Errno.addressNotAvailable) {
            try SocketCalls.bind(socket.rawValue, to: .ip(IPAddress(v4: 192, 0, 2, 1), port: 80), family: .inet)
        }
        let record = try #require(watch.records.first)
        #expect(record.call == "bind" && record.result == -1 && record.errno == .addressNotAvailable)
        #expect(record.arguments == "\(socket.rawValue), 192.0.2.1:80")
        #expect(record.duration >= .zero && record.duration < patience)
    }

    @Test func `after the last observer has gone nobody is told`() throws {
        let socket = try SocketCalls.socket(.inet, .stream)
        let watch = FaultSwitch.install("listen", on: socket.rawValue, [.addressInUse, .addressInUse])
        #expect(throws: Errno.addressInUse) { try SocketCalls.listen(socket.rawValue, backlog: 1) }
        watch.remove()
        try SocketCalls.listen(socket.rawValue, backlog: 1)
        #expect(watch.calls == 1)
    }
}

/// Something came out that no expectation can print well.
struct Unexpected: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
