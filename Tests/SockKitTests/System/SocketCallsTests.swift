import Glibc
import SockKit
import Testing

@Suite struct SocketCallsTests {
    private static let triples: [(SocketFamily, Network.Kind, [Int32])] = [
        (.inet, .stream, [2, 1, 6]), (.inet6, .stream, [10, 1, 6]), (.inet, .datagram, [2, 2, 17]),
        (.inet6, .datagram, [10, 2, 17]), (.unix, .stream, [1, 1, 0]), (.unix, .datagram, [1, 2, 0]),
        (.unix, .sequenced, [1, 5, 0]),
    ]

    @Test(arguments: triples)
    func `the kernel chooses the protocol that domain and type imply`(
        family: SocketFamily, kind: Network.Kind, triple: [Int32]
    ) throws {
        let socket = try SocketCalls.socket(family, kind)
        let options = [SocketOption.domain, .type, .protocolNumber]
        #expect(try options.map { try $0.get(from: socket.rawValue) } == triple)
    }

    @Test func `there is no sequenced socket of the internet`() {
        #expect(throws: Errno(rawValue: ESOCKTNOSUPPORT)) { _ = try SocketCalls.socket(.inet, .sequenced) }
    }

    @Test(arguments: triples)
    func `a socket is non-blocking and close-on-exec from birth`(
        family: SocketFamily, kind: Network.Kind, triple: [Int32]
    ) throws {
        let socket = try SocketCalls.socket(family, kind)
        #expect(try flags(of: socket.rawValue) == "02004002")
    }

    @Test func `an accepted socket is so too, whatever the listener is`() throws {
        let listener = try SocketCalls.socket(.inet, .stream)
        try SocketCalls.bind(listener.rawValue, to: .ip(.v4Loopback, port: 0), family: .inet)
        try SocketCalls.listen(listener.rawValue, backlog: 1)
        guard case .wouldBlock = try SocketCalls.accept(listener.rawValue) else { throw Unexpected("a peer") }
        let client = try SocketCalls.socket(.inet, .stream)
        let place = try SocketCalls.localEndpoint(of: listener.rawValue)
        #expect(throws: Errno.inProgress) { try SocketCalls.connect(client.rawValue, to: place, family: .inet) }
        guard case .done(let accepted) = try SocketCalls.accept(listener.rawValue) else { throw Unexpected("no peer") }
        let owner = FileDescriptor(adopting: accepted.number)
        #expect(try flags(of: owner.rawValue) == "02004002")
        #expect(try accepted.remote == SocketCalls.localEndpoint(of: client.rawValue))
        #expect(try SocketCalls.remoteEndpoint(of: owner.rawValue) == accepted.remote)
    }

    @Test func `a pipe of ours is non-blocking and close-on-exec at both ends`() throws {
        let ends = try PipeEnds()
        #expect(try flags(of: ends.reader.rawValue) == "02004000")
        #expect(try flags(of: ends.writer.rawValue) == "02004001")
    }

    @Test func `a pending error is taken once`() throws {
        let refusing = try RefusingPort()
        let socket = try SocketCalls.socket(.inet, .datagram)
        #expect(try SocketCalls.takeError(of: socket.rawValue) == nil)
        try SocketCalls.connect(socket.rawValue, to: refusing.endpoint, family: .inet)
        // Nobody has that port for datagrams: the send is answered by ICMP before it returns.
        _ = try unsafe [UInt8]("x".utf8).withUnsafeBytes { try unsafe TransferCalls.send(socket.rawValue, $0) }
        #expect(try SocketCalls.takeError(of: socket.rawValue) == .connectionRefused)
        #expect(try SocketCalls.takeError(of: socket.rawValue) == nil)
    }

    /// The file status flags as the kernel shows them, in octal.
    private func flags(of number: Int32) throws -> String {
        let lines = try FileCalls.contents(of: "/proc/self/fdinfo/\(number)").split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix("flags:") })
        return String(line.dropFirst(6).drop { $0 == "\t" || $0 == " " })
    }
}
