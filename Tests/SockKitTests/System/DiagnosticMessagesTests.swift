import Testing

@testable import SockKit

/// What netlink answers is read as far as it is whole, whatever it says.
@Suite struct DiagnosticMessagesTests {
    private static func bytes(_ numbers: UInt32...) -> [UInt8] {
        numbers.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
    }

    /// A message behind its head: type 20 is an answer, 2 an error, 3 the end.
    private static func message(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
        bytes(UInt32(16 + body.count), type, 1, 0) + body
    }

    private static func attribute(_ type: UInt32, _ value: [UInt8]) -> [UInt8] {
        let padding = [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
        return bytes(UInt32(4 + value.count) | type << 16) + value + padding
    }

    private static let listener: [UInt8] =
        [2, 10, 0, 0, 11, 184, 0, 0, 127, 0, 0, 1] + [UInt8](repeating: 0, count: 44) + bytes(3, 128, 0, 77)

    @Test func `answers are given to the end that the kernel says`() throws {
        let (bodies, isLast) = try DiagnosticMessages.bodies(
            in: Self.message(20, Self.listener) + Self.message(3, [0, 0, 0, 0]) + Self.message(20, [1]))
        try #require(bodies.count == 1 && isLast)
        let socket = try #require(DiagnosticMessages.listener(bodies[0], .inet))
        #expect(socket.endpoint.description == "127.0.0.1:3000")
        #expect((socket.queued, socket.limit) == (3, 128))
    }

    @Test func `without an end another datagram follows`() throws {
        let (bodies, isLast) = try DiagnosticMessages.bodies(in: Self.message(20, Self.listener))
        #expect(bodies.count == 1 && !isLast)
    }

    @Test func `a message that says that it is longer than all there is ends the list`() throws {
        let cut = Self.message(20, Self.listener).dropLast(30)
        let (bodies, isLast) = try DiagnosticMessages.bodies(in: Self.message(20, Self.listener) + cut)
        #expect(bodies.count == 1 && isLast)
        #expect(try DiagnosticMessages.bodies(in: [1, 2, 3]).bodies.isEmpty)
    }

    @Test(arguments: [UInt32(bitPattern: -13), UInt32(bitPattern: .min)])
    func `an error is one, whatever its number`(number: UInt32) {
        let answer = Self.message(2, Self.bytes(number, 0, 0, 0, 0))
        #expect(throws: Errno.self) { try DiagnosticMessages.bodies(in: answer) }
        #expect(throws: Errno.self) { try DiagnosticMessages.body(of: answer) }
    }

    @Test func `that there is no such socket is no error`() throws {
        let none = UInt32(bitPattern: -Errno.noSuchFile.rawValue)
        #expect(try DiagnosticMessages.body(of: Self.message(2, Self.bytes(none, 0, 0, 0, 0))) == nil)
    }

    @Test func `a Unix socket is known by its name and its queue, and not without them`() throws {
        let head: [UInt8] = [1, 1, 10, 0] + Self.bytes(99, 0, 0)
        let name = Self.attribute(0, Array("/tmp/s".utf8) + [0])
        let queue = Self.attribute(4, Self.bytes(1, 5))
        let socket = try #require(DiagnosticMessages.unixListener((head + name + queue)[...]))
        #expect(socket.endpoint.description == "/tmp/s" && socket.limit == 5)
        #expect(DiagnosticMessages.unixListener((head + name)[...]) == nil)
        #expect(DiagnosticMessages.unixListener((head + queue)[...]) == nil)
        // Its length is more than what is left.
        #expect(DiagnosticMessages.unixListener((head + name + queue.dropLast())[...]) == nil)
    }
}
