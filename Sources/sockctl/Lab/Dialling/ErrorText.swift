import SockKit

/// What the text of an error says.
enum ErrorText: Experiment {
    static let title = "An error's text has a grammar: operation, network, ends, call, cause"
    static let covers = [37]
    static let documents = [SourceDocument.basics, .server]
    static let claim = """
        Errors read "dial tcp 127.0.0.1:3000: i/o timeout", "dial tcp :8888: getsockopt: connection refused", "write tcp \
        A->B: write: broken pipe".
        """
    static let question = "Four operations fail. Which parts of their errors say where, and which say who decided it?"

    static let expectations = [
        Expectation(
            says: "A refusal: dial tcp ADDRESS: getsockopt: connection refused.",
            here: "{refused}",
            why: """
                The call is connect: getsockopt was where old versions of Go found the error (SO_ERROR). Today's Go \
                says connect, like this program.
                """, document: .outdated,
            holds: .equal("refused", to: "refused expected")),
        Expectation(
            says: "A timeout: dial tcp ADDRESS: i/o timeout.",
            here: "{timeout}",
            why: "No system call failed, so none is named: the program's own clock decided it.",
            holds: .equal("timeout", to: "timeout expected")),
        Expectation(
            says: "A write: write tcp LOCAL->REMOTE: write: broken pipe.",
            here: "{write}",
            why: """
                Once there is a connection both ends are known and named, own end first. Then comes the call, and then \
                the kernel's cause (EPIPE).
                """,
            holds: .equal("write", to: "write expected")),
        Expectation(
            here: "{listen}",
            why: "Who listens has one end only; the call that was refused is bind.",
            holds: .equal("listen", to: "listen expected")),
    ]

    static let commands = """
        1$ sockctl dial 127.0.0.1:3000
        sockctl: dial tcp 127.0.0.1:3000: connect: connection refused
        hint: nothing listens on 127.0.0.1:3000; start one with: sockctl listen 3000
        1$ echo $?
        69
        """

    static let lesson = """
        Read an error from its end: the cause first, then the call that met it, then between whom. An error without a \
        call was decided by the program.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        await stage.step("A refusal, and a timeout")
        let socket = try stage.server.quiet.socket()
        socket.bind(.ip(.v4Loopback, port: 0))
        stage.found("refused", .text(try await text(stage, socket.endpoint)))
        stage.found("refused expected", .text("dial tcp \(socket.endpoint): connect: connection refused"))
        let silent = try await stage.server.silence("127.0.0.2")
        stage.found("timeout", .text(try await text(stage, silent.endpoint)))
        stage.found("timeout expected", .text("dial tcp \(silent.endpoint): i/o timeout"))

        await stage.step("A write to a connection that the peer has closed")
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()
        server.close()
        await stage.kernel.reaches(.closeWait, client)
        await client.write("one")
        await stage.kernel.reaches(.closed, client)
        stage.kernel.inferred("the answer was a reset: nobody has that connection any more")
        let writing = await client.write("two")
        let ends = "\(client.connection.localEndpoint)->\(client.connection.remoteEndpoint)"
        stage.found("write", .text(writing.error.map { "\($0)" } ?? "it succeeded"))
        stage.found("write expected", .text("write tcp \(ends): write: broken pipe"))

        await stage.step("A listener at a port that is taken")
        let error = try await stage.failure { () async throws(Interruption) in
            try await stage.server.listen(.tcp, "127.0.0.1:\(listener.port)")
        }
        stage.found("listen", .text(error.map { "\($0)" } ?? "it listens"))
        stage.found("listen expected", .text("listen tcp 127.0.0.1:\(listener.port): bind: address already in use"))
    }

    @Netpoller
    private static func text(_ stage: Stage, _ endpoint: Endpoint) async throws(Interruption) -> String {
        let error = try await stage.failure { () async throws(Interruption) in
            try await stage.client.dial(.tcp, "\(endpoint)", Dialer(timeout: .milliseconds(300)))
        }
        return error.map { "\($0)" } ?? "connected"
    }
}
