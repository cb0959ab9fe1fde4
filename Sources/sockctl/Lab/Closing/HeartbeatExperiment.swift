import SockKit

/// Noticing that the other side is gone, and coming back.
enum HeartbeatExperiment: Experiment {
    static let title = "A heartbeat notices a peer that no longer answers, and a new dial finds the next one"
    static let covers = [74]
    static let documents = [SourceDocument.basics]
    static let claim = """
        A long connection may break without a word. The client sends a heartbeat now and then; if it is not answered, the \
        client connects again by itself.
        """
    static let question = "Who notices that a peer has stopped, and that a peer has died: the kernel, or the heartbeat?"

    static let expectations = [
        Expectation(
            says: "A heartbeat that is not answered is a reason to give the connection up.",
            here: """
                {missed} heartbeats were not answered by a program that stands still; each write returned \
                {write error}, and the state was still {state}
                """,
            why: """
                Not answered means that the program does not answer. Whether it is dead nobody knows. Here it is not, \
                and its kernel acknowledges everything: {waiting:byte} wait there. For TCP all is well. To the client \
                it makes no difference: it needs a peer that answers.
                """,
            holds: .equal("missed", 3), .equal("write error", "nil"), .equal("state", "ESTAB"),
            .atLeast("waiting", 1)),
        Expectation(
            says: "When the server has died, the client notices.",
            here: "after the server was killed, the heartbeat's read met {death}, and a new dial {refused}",
            why: """
                When a process dies its kernel ends its connections, so there is something to read: the end, or a reset. \
                That does not happen when a machine loses its power.
                """,
            holds: .one("death", of: ["EOF", "ECONNRESET"]), .equal("refused", "ECONNREFUSED")),
        Expectation(
            says: "The client connects again.",
            here: """
                dial {dials} after the death was accepted by the new server, and its heartbeat was answered: \
                "{answer}"
                """,
            why:
                "The old connection cannot be mended: a new one is made, and whatever was under way must be sent again.",
            holds: .equal("dials", 2), .equal("answer", "hello, server")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --no-read -k
        listening on 127.0.0.1:3000 (this machine only)
        2$ sockctl dial 3000 --heartbeat 50ms --heartbeat-misses 3 --half-open
        sockctl: read tcp 127.0.0.1:60838->127.0.0.1:3000: 3 heartbeats without an answer, nothing came for 201 ms
        2$ echo $?
        75
        2$ sockctl dial 3000 --heartbeat 50ms --heartbeat-misses 3 --reconnect --max-time 1s
        disconnected from 127.0.0.1:3000 by a time-out, after 201 ms of silence
        ...
        2$ echo $?
        75
        """

    static let lesson = """
        A heartbeat must be answered by the program, or it measures only the kernels. Connect again after a pause that \
        grows, and never assume that the last message has arrived.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let beat = stage.span(.milliseconds(60), document: .seconds(1))
        let listener = try await stage.server.listen()

        await stage.step("The server's program stands still")
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()
        var missed = 0
        for _ in 1...3 {
            stage.found("write error", .text(await client.write("hello, server").code))
            client.connection.readDeadline = .now + beat
            if await client.read().error?.isTimeout == true { missed += 1 }
        }
        stage.found("missed", .number(missed))
        stage.found("state", .text(stage.kernel.state(client)))
        stage.found("waiting", .bytes(stage.kernel.unread(server)))
        client.close()

        await stage.step("A second connection is answered; then the server's process is killed")
        let second = try await stage.client.dial(listener)
        let living = try await listener.accept()
        await second.write("hello, server")
        await living.write(await living.read().bytes)
        second.connection.readDeadline = .now + .seconds(10)
        await second.read()
        listener.close()
        try living.kill()
        stage.found("death", .text(await second.read().code))
        second.close()
        var dials = 1
        let refusal = try await stage.failure { () async throws(Interruption) in
            try await stage.client.dial(.tcp, "\(listener.endpoint)")
        }
        stage.found("refused", .text(refusal?.code ?? "connected"))

        await stage.step("The server is started again; the client dials until it is connected")
        let next = try await stage.server.listen(.tcp, "\(listener.endpoint)")
        var reached: LabConnection?
        while reached == nil, dials < 5 {
            dials += 1
            _ = try await stage.failure { () async throws(Interruption) in
                reached = try await stage.client.dial(next)
            }
        }
        stage.found("dials", .number(dials))
        guard let again = reached else { return }
        let renewed = try await next.accept()
        await again.write("hello, server")
        await renewed.write(await renewed.read().bytes)
        stage.found("answer", .text(await again.read().string))
    }
}
