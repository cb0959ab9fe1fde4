import Glibc
@testable import SockKit
import Testing

@Suite struct SocketOptionTests {
    private static let rows: [(SocketOption, SocketFamily, Int32)] = [
        (.reuseAddress, .inet, 1), (.broadcast, .inet, 1), (.keepAlive, .inet, 1), (.reusePort, .inet, 1),
        (.typeOfService, .inet, 0x10), (.timeToLive, .inet, 33), (.hopLimit, .inet6, 33), (.onlyIPv6, .inet6, 1),
        (.trafficClass, .inet6, 0x10), (.noDelay, .inet, 1), (.maximumSegment, .inet, 1000),
        (.keepAliveIdle, .inet, 21),
        (.keepAliveInterval, .inet, 22), (.keepAliveCount, .inet, 5), (.synCount, .inet, 3),
        (.quickAcknowledgement, .inet, 0), (.userTimeout, .inet, 2500),
    ]

    @Test(arguments: rows)
    func `what is set is what is read, and it was another value before`(
        option: SocketOption, family: SocketFamily, value: Int32
    ) throws {
        let socket = try SocketCalls.socket(family, .stream)
        #expect(try option.get(from: socket.rawValue) != value, "\(option.name)")
        try option.set(value, on: socket.rawValue)
        #expect(try option.get(from: socket.rawValue) == value, "\(option.name)")
    }

    @Test(arguments: [SocketFamily.inet, .inet6])
    func `no row is another's option under a name of its own`(family: SocketFamily) throws {
        let socket = try SocketCalls.socket(family, .stream)
        let rows = Self.rows.filter { $0.1 == family }
        for (option, _, value) in rows { try option.set(value, on: socket.rawValue) }
        for (option, _, value) in rows { #expect(try option.get(from: socket.rawValue) == value, "\(option.name)") }
    }

    @Test(arguments: [SocketOption.sendBuffer, .receiveBuffer])
    func `the kernel doubles a buffer's size for its own needs`(option: SocketOption) throws {
        let socket = try SocketCalls.socket(.inet, .stream)
        try option.set(60_000, on: socket.rawValue)
        #expect(try option.get(from: socket.rawValue) == 120_000)
    }

    @Test func `what cannot be set is read only`() throws {
        let socket = try SocketCalls.socket(.inet, .stream)
        #expect(try SocketOption.acceptsConnections.get(from: socket.rawValue) == 0)
        try SocketCalls.listen(socket.rawValue, backlog: 1)
        #expect(try SocketOption.acceptsConnections.get(from: socket.rawValue) == 1)
        #expect(throws: Errno.noSuchProtocolOption) { try SocketOption.type.set(2, on: socket.rawValue) }
    }

    @Test(arguments: [nil, 0, 7] as [Int32?])
    func `lingering is off, a reset, or a time`(seconds: Int32?) throws {
        let socket = try SocketCalls.socket(.inet, .stream)
        try SocketOption.setLinger(3, on: socket.rawValue)
        try SocketOption.setLinger(seconds, on: socket.rawValue)
        var value = linger()
        var size = socklen_t(MemoryLayout<linger>.size)
        #expect(unsafe getsockopt(socket.rawValue, SOL_SOCKET, SO_LINGER, &value, &size) == 0)
        // The kernel keeps the time of lingering that is off.
        #expect(value.l_onoff == (seconds == nil ? 0 : 1) && value.l_linger == seconds ?? 3)
    }

    @Test func `a socket is bound to an interface by name`() throws {
        let socket = try SocketCalls.socket(.inet, .stream)
        try SocketOption.bind(toInterface: "lo", on: socket.rawValue)
        var name = [UInt8](repeating: 0, count: 16)
        var size = socklen_t(name.count)
        #expect(unsafe getsockopt(socket.rawValue, SOL_SOCKET, SO_BINDTODEVICE, &name, &size) == 0)
        #expect(name.prefix { $0 != 0 } == Array("lo".utf8)[...])
        #expect(throws: Errno.noSuchInterface) { try SocketOption.bind(toInterface: "no-such-if", on: socket.rawValue) }
    }

    @Test func `an option of another protocol is refused`() throws {
        let socket = try SocketCalls.socket(.unix, .stream)
        #expect(throws: Errno.notSupported) { try SocketOption.noDelay.set(1, on: socket.rawValue) }
    }
}
