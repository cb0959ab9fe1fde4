import SockKit

/// The signal that comes with a broken pipe.
enum Sigpipe: Experiment {
    static let title = "A broken pipe kills a program that takes no precautions"
    static let covers = [77]
    static let claim = """
        The documents show "broken pipe" as an error that Write returns. They do not mention the signal that the kernel \
        sends with it.
        """
    static let question =
        "Two programs write to a peer that is gone: one as it is, one with MSG_NOSIGNAL. What becomes of them?"

    static let expectations = [
        Expectation(
            here: "a child that called write(2) without precautions ended with: {child}",
            why: """
                EPIPE comes with SIGPIPE, whose default is to end the process (signal(7), write(2)). That is meant for \
                filters: in "yes | head" the first program should end when nobody reads it.
                """,
            holds: .equal("child", "SIGPIPE")),
        Expectation(
            here: "send(2) with MSG_NOSIGNAL returned {error}, and the program lives on",
            why: """
                The flag keeps the signal back, and the error says the same. Go catches the signal for sockets, Swift \
                does not: a server has to use the flag or ignore SIGPIPE.
                """,
            holds: .equal("error", "EPIPE")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --close-after 100ms -k
        listening on 127.0.0.1:3000 (this machine only)
        2$ bash -c 'exec 3<>/dev/tcp/127.0.0.1/3000; sleep 0.4; echo one >&3; sleep 0.2; echo two >&3; echo still here'
        2$ echo $?
        141
        2$ (sleep 0.4; echo one; sleep 0.2; echo two; sleep 0.2) | sockctl dial 3000 --half-open
        sockctl: write tcp 127.0.0.1:47722->127.0.0.1:3000: write: broken pipe (4 bytes of what was sent not acknowledged)
        ...
        2$ echo $?
        74
        """

    static let lesson = """
        A server that dies without a word when a client leaves has met SIGPIPE; a shell shows status 141, which is 128 and \
        13. Ignore the signal, or send with MSG_NOSIGNAL, and look at EPIPE.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()

        await stage.step("The server closes; a first write is answered with a reset")
        server.close()
        await stage.kernel.reaches(.closeWait, client, meaning: "a FIN has come")
        await client.write("hello")
        await stage.kernel.isReset(client)

        await stage.step("A child of this program writes, without precautions")
        let ending = client.party.system("child: write(2)", result: text) { () throws(Errno) -> ChildCalls.Ending in
            try ChildCalls.writeUnprotected(to: client.number)
        }
        switch ending {
        case .success(let ended): stage.found("child", .text(text(ended)))
        case .failure(let error): throw .noChild(error)
        }

        await stage.step("This program writes, with MSG_NOSIGNAL")
        stage.found("error", .text(await client.write("hello").code))
    }

    /// SIGPIPE is number 13 on all of Linux.
    @Sendable
    private static func text(_ ending: ChildCalls.Ending) -> String {
        switch ending {
        case .signal(13): "SIGPIPE"
        case .signal(let number): "signal \(number)"
        case .exit(let status): "status \(status)"
        }
    }
}
