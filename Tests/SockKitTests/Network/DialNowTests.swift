import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct DialNowTests {
    @Test func `what a target says before it resets at once is read, and then the reset`() async throws {
        try await onLoop {
            let listener = try await listen()
            let target = HastyTarget(listener, says: Array("go away".utf8))
            defer { target.leave() }
            let connection = try #require(try Dialer().dialNow(.tcp, to: listener.endpoint))
            connection.readDeadline = .now + patience
            #expect(try await connection.read(upTo: 100) == Array("go away".utf8))
            let error = try await failure { _ = try await connection.read(upTo: 100) }
            #expect(error.errno == .connectionReset)
            #expect(target.visits == 1)
            connection.close()
            listener.close()
        }
    }

    @Test func `a target that resets without a word was met, and is lost`() async throws {
        try await onLoop {
            let listener = try await listen()
            let target = HastyTarget(listener, says: [])
            defer { target.leave() }
            let error = try await failure { _ = try Dialer().dialNow(.tcp, to: listener.endpoint) }
            let reason = "connection reset by peer after the connection was made"
            #expect(error.description == "dial tcp \(listener.endpoint): connect: \(reason)")
            #expect(target.visits == 1)
            listener.close()
        }
    }

    @Test func `where nobody listens nobody was met`() async throws {
        try await onLoop {
            let port = try RefusingPort()
            #expect(try Dialer().dialNow(.tcp, to: port.endpoint) == nil)
        }
    }
}
