import SockKit

/// Unix streams beside TCP.
enum UnixStream: Experiment {
    static let title = "A Unix stream is like TCP, but knows at once that its peer is gone"
    static let covers = [88]
    static let documents = [SourceDocument.processes]
    static let claim = """
        The network "unix" stands for sockets inside one machine, with the type SOCK_STREAM: connected, reliable, in order, in \
        both directions, and without message boundaries.
        """
    static let question = "In what is a Unix stream like TCP, and what does it say when the peer has closed?"

    static let expectations = [
        Expectation(
            says: "A stream has no message boundaries.",
            here: "writes of hello and world! were read as one: {joined}",
            why:
                "SOCK_STREAM means the same in each family: a queue of bytes, in order. Boundaries are up to the programs.",
            holds: .equal("joined", "helloworld!")),
        Expectation(
            here: "after the peer's close the first write met {unix write} on the Unix socket, and {tcp write} on TCP",
            why: """
                Both ends of a Unix socket are in one kernel: a write goes straight into the peer's queue, and fails when \
                that has gone. TCP only knows that the peer sends no more, and must send to find out the rest.
                """,
            holds: .equal("unix write", "EPIPE"), .equal("tcp write", "nil")),
        Expectation(
            here: """
                where the peer left 6 bytes unread, the client still read "{kept}", then met {reset}, and its next write \
                {after}
                """,
            why: """
                As on TCP, a close with unread bytes is reported as a reset: what was lost is not to be mistaken for an \
                orderly end. What the peer had sent before is kept.
                """,
            holds: .equal("kept", "bye"), .equal("reset", "ECONNRESET"), .equal("after", "EPIPE")),
    ]

    static let commands = """
        1$ sockctl listen -v --serve discard --max-accepts 1 unix:/tmp/lab-unix-stream
        accepted connection 1
        closed connection 1 by the peer after 304 µs: received 11 bytes (35.4 KiB/s), sent 0 bytes
        ...
        2$ printf 'helloworld!' | sockctl dial -v unix:/tmp/lab-unix-stream
        connected to /tmp/lab-unix-stream in 285 µs
        ...
        """

    static let lesson = """
        A Unix stream is used as TCP is, without handshakes, acknowledgements or ports. Its errors come at once, so code that \
        was only tested on it may be surprised by TCP, where the first write after a close succeeds.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let listener = try await stage.server.listen(.unix, stage.abstractName)
        await stage.step("Two writes, one read")
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()
        await client.write("hello")
        await client.write("world!")
        await stage.kernel.holds(11, for: server)
        stage.found("joined", .text(await server.read(100).string))

        await stage.step("The server closes, and the client writes")
        server.close()
        stage.found("unix write", .text(await client.write("anybody?").code))

        await stage.step("The same over TCP")
        let other = try await stage.server.listen()
        let distant = try await stage.client.dial(other)
        let near = try await other.accept()
        near.close()
        await stage.kernel.reaches(.closeWait, distant)
        stage.found("tcp write", .text(await distant.write("anybody?").code))

        await stage.step("A Unix peer says bye and closes, with 6 bytes unread")
        let second = try await stage.client.dial(listener)
        let leaving = try await listener.accept()
        await second.write("unread")
        await stage.kernel.holds(6, for: leaving)
        await leaving.write("bye")
        leaving.close()
        stage.found("kept", .text(await second.read().string))
        stage.found("reset", .text(await second.read().code))
        stage.found("after", .text(await second.write("more").code))
    }
}
