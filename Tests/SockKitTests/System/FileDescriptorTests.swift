import Glibc
@testable import SockKit
import Testing

@Suite struct FileDescriptorTests {
    @Test func `an owner that goes away closes its descriptor, once`() throws {
        let number = try SocketCalls.socket(.inet, .stream).giveUp()
        let watch = FaultSwitch.install("close", on: number)
        defer { watch.remove() }
        do {
            let owner = FileDescriptor(adopting: number)
            #expect(owner.rawValue == number)
        }
        #expect(watch.records.map(\.result) == [0])
    }

    @Test func `an explicit close is the only one`() throws {
        let number = try SocketCalls.socket(.inet, .stream).giveUp()
        let watch = FaultSwitch.install("close", on: number)
        defer { watch.remove() }
        try FileDescriptor(adopting: number).close()
        #expect(watch.records.map(\.result) == [0])
    }

    @Test func `what close says is told, and the descriptor is gone all the same`() throws {
        let ends = try FileCalls.pipe()
        let reader = FileDescriptor(adopting: ends.reader)
        let faults = FaultSwitch.install("close", on: ends.writer, [.inputOutput])
        defer { faults.remove() }
        #expect(throws: Errno.inputOutput) { try FileDescriptor(adopting: ends.writer).close() }
        // Once, or more often where another test has the number by now, and closes it.
        #expect(faults.calls >= 1)
        #expect(try reader.isAtEnd)
    }

    @Test func `a duplicate is another number of the same socket, close-on-exec, with a life of its own`() throws {
        let socket = try SocketCalls.socket(.inet, .stream)
        try SocketCalls.bind(socket.rawValue, to: .ip(.v4Loopback, port: 0), family: .inet)
        let copy = try FileCalls.duplicate(socket.rawValue)
        #expect(copy.rawValue != socket.rawValue)
        #expect(fcntl(copy.rawValue, F_GETFD) == FD_CLOEXEC)
        let endpoint = try SocketCalls.localEndpoint(of: socket.rawValue)
        try socket.close()
        #expect(try SocketCalls.localEndpoint(of: copy.rawValue) == endpoint)
    }
}

extension FileDescriptor {
    /// The number of a duplicate that nobody owns. It is a high one: the kernel gives the lowest that is free, so that no
    /// other test has it next.
    fileprivate consuming func giveUp() throws -> Int32 {
        var limit = rlimit()
        _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let number = fcntl(rawValue, F_DUPFD_CLOEXEC, CInt(min(limit.rlim_cur, 60_000)) - 40)
        try #require(number >= 0)
        return number
    }
}
