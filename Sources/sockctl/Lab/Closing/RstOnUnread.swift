import SockKit

/// A close that becomes a reset.
enum RstOnUnread: Experiment {
    static let title = "A close with unread bytes is a reset, and takes the closer's own answer with it"
    static let covers = [71]
    static let claim = """
        The documents say that a close is seen as the end of the stream. They do not say what happens to a peer that \
        closes before it has read everything.
        """
    static let question = "A server answers and closes, with 5 bytes of the request unread. Does the answer arrive?"

    static let expectations = [
        Expectation(
            here:
                "the client's first read met {read}, and the connection is in {state}; the reads after it give {after}",
            why: """
                close(2) with unread bytes sends a RST instead of a FIN: the peer must learn that its data was thrown \
                away (RFC 2525, 2.17; tcp_close in the kernel). It is reported once.
                """,
            holds: .equal("read", "ECONNRESET"), .equal("after", "EOF"), .equal("state", "CLOSE")),
        Expectation(
            here: "and the next write met {write}",
            why: "The connection is gone at both ends; there is nothing left to write to.",
            holds: .equal("write", "EPIPE")),
        Expectation(
            here: """
                of an answer of {answer} bytes, which the server's write had returned in full, the client got {got}, and \
                then {large end}
                """,
            why: """
                What was already in the client's receive queue can still be read. The rest waited in the server's send \
                queue, and the reset throws that away.
                """,
            holds: .less("got", than: "answer"), .equal("large end", "ECONNRESET")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --no-read --close-after 200ms -k
        listening on 127.0.0.1:3000 (this machine only)
        2$ echo hello | sockctl dial 3000
        sockctl: read tcp 127.0.0.1:48716->127.0.0.1:3000: read: connection reset by peer
        ...
        all 6 bytes sent were acknowledged; whether the peer read them is not known
        2$ echo $?
        74
        """

    static let lesson = """
        Read to the end before you close, or at least half-close and wait: a server that refuses a request unread and \
        closes takes its own answer with it.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        // Room for all of the answer in the second part.
        var large = SocketOptions()
        large.sendBuffer = 262_144
        let listener = try await stage.server.listen(options: large)
        await stage.step("The client writes; the server closes without having read")
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()
        await client.write("hello")
        await stage.kernel.holds(5, for: server)
        server.close()
        await stage.kernel.isReset(client)
        stage.found("state", .text("\(client.connection.tcpInfo?.state ?? .closed)"))
        stage.found("read", .text(await client.read().code))
        stage.found("after", .text(await client.read().code))
        stage.found("write", .text(await client.write("more").code))

        await stage.step("The same, but the server writes a long answer before it closes")
        var small = SocketOptions()
        small.receiveBuffer = 16384
        let other = try await stage.client.dial(listener, Dialer(options: small))
        let second = try await listener.accept()
        await other.write("hello")
        await stage.kernel.holds(5, for: second)
        // It waits in the server's send queue, as far as the client's receive queue has no room for it.
        let answer = await second.write([UInt8](repeating: UInt8(ascii: "x"), count: 100_000))
        stage.found("answer", .bytes(answer.count))
        stage.kernel.unacknowledged(second)
        second.close()
        await stage.kernel.isReset(other)
        let all = await other.readToEnd()
        stage.found("got", .bytes(all.bytes.count))
        stage.found("large end", .text(all.code))
    }
}
