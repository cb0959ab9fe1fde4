import Testing

@testable import SockKit

/// The talk before TLS, on a connection.
@Suite(.timeLimit(.minutes(2))) struct StartTLSTests {
    private static let talks: [(StartTLS, HappyTalk)] = zip(StartTLS.allCases, HappyTalk.all).map { ($0, $1) }

    /// What comes of a talk in which the server says this in one piece, and then nothing more, or ends.
    private func error(
        _ kind: StartTLS, saying text: String, thenEnding isLast: Bool = false, within time: Duration = patience
    ) async throws -> NetworkError {
        try await onLoop {
            let server = try await ScriptedServer { peer in
                try await peer.send(text)
                if isLast { try peer.connection.closeWrite() }
                try await peer.beSilent()
            }
            let connection = try await Dialer(timeout: patience).dial(.tcp, server.listener.endpoint.description)
            connection.setDeadline(.now + time)
            let error = try await failure { try await kind.begin(on: connection, host: "x.example") }
            let ends = "\(connection.localEndpoint)->\(connection.remoteEndpoint)"
            #expect(error.description.hasPrefix("dial tcp \(ends): "))
            connection.close()
            server.close()
            return error
        }
    }

    @Test(arguments: talks)
    func `the server is told what it is to be, and TLS begins right behind its agreement`(
        kind: StartTLS, happy: HappyTalk
    ) async throws {
        #expect(kind.rawValue == happy.description)
        let said = Array(happy.said.joined())
        try await onLoop {
            let log = ProxyLog()
            let server = try await ScriptedServer { peer in
                try await peer.send(happy.bytes, cutAt: happy.bytes.count / 2)
                log.heard.append(try await peer.take(said.count + 1))
                try await peer.send([0x17])
                try await peer.beSilent()
            }
            let connection = try await Dialer(timeout: patience).dial(.tcp, server.listener.endpoint.description)
            connection.setDeadline(.now + patience)
            try await kind.begin(on: connection, host: "x.example")
            try await connection.write([0x16])
            #expect(try await connection.readAll(1) == [0x17])
            #expect(log.heard == [said + [0x16]])
            connection.close()
            server.close()
        }
    }

    @Test func `a refusal is told in the server's words, with a hint`() async throws {
        let error = try await error(.smtp, saying: "220 hi\r\n250-x\r\n250 STARTTLS\r\n454 TLS not available\r\n")
        let refusal = TLSFailure(
            .refused, "the smtp server says: 454 TLS not available",
            hint: "many servers speak TLS from the first byte on port 465")
        #expect(error.cause == .tls(refusal))
        #expect(error.description.hasSuffix(": the smtp server says: 454 TLS not available"))
    }

    @Test func `that a server does not offer it is told`() async throws {
        let error = try await error(.smtp, saying: "220 hi\r\n250 x\r\n")
        #expect(error.description.hasSuffix(": the smtp server does not offer STARTTLS"))
        let other = try await self.error(.postgres, saying: "N")
        #expect(other.cause == .tls(TLSFailure(.refused, "the postgres server does not offer TLS")))
    }

    @Test(arguments: ["Sx", "S\u{16}\u{3}\u{3}"])
    func `plain text behind the agreement is an error`(text: String) async throws {
        let error = try await error(.postgres, saying: text)
        #expect(error.code == "message" && error.description.contains("plain text follows it where TLS was to begin"))
    }

    @Test func `what breaks the grammar or ends too early is told`() async throws {
        let garbage = try await error(.pop3, saying: "hello\r\n")
        #expect(garbage.description.hasSuffix(": malformed pop3 greeting: 'hello' begins with neither +OK nor -ERR"))
        let cut = try await error(.pop3, saying: "+OK", thenEnding: true)
        #expect(cut.code == "truncated" && cut.description.hasSuffix(": pop3 greeting: cut off after 3 bytes"))
        let ended = try await error(.pop3, saying: "+OK hi\r\n", thenEnding: true)
        #expect(
            ended.code == "closed"
                && ended.description.hasSuffix(": the pop3 server closed the connection before TLS began"))
    }

    @Test func `a server that stays silent is given up at the deadline`() async throws {
        let error = try await error(.imap, saying: "* OK hi\r\n", within: .milliseconds(50))
        #expect(error.isTimeout && error.code == "timeout")
        #expect(error.description.hasSuffix(": the imap server was reached, and did not come to TLS in time"))
    }
}
