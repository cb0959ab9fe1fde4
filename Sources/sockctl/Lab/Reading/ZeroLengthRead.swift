import SockKit

/// A read that asks for nothing.
enum ZeroLengthRead: Experiment {
    static let title = "A read with no room returns 0 at once, which is not the end"
    static let covers = [56]
    static let documents = [SourceDocument.server]
    static let claim = """
        A Read into an empty slice returns 0 and no error at once, whether there is data or not.
        """
    static let question =
        "What does a read of 0 bytes say: of a silent peer, of one that has written, of one that has gone?"

    static let expectations = [
        Expectation(
            says: "Read into an empty slice returns 0, nil at once.",
            here:
                "nothing was there, and it returned {silent count} with {silent error}; the system call recv(2) with no room met {raw}",
            why: """
                Read does not even ask the kernel where it has no room to offer. recv(2) itself waits, or says EAGAIN, until \
                there is a byte that it will not take (sock_rcvlowat is at least 1); read(2) on a socket returns 0.
                """,
            holds: .equal("silent count", 0), .equal("silent error", "nil"), .equal("raw", "EAGAIN")),
        Expectation(
            here: "with {waiting:byte} waiting it returned {waiting count}, and {left} stayed in the kernel",
            why: "It takes nothing, so nothing is lost.",
            holds: .equal("waiting", 5), .equal("waiting count", 0), .equal("left", 5)),
        Expectation(
            here: "at the end of the stream it returned {end count} with {end error}; a read with room said {true end}",
            why: """
                0 means the end only where at least one byte was asked for. A buffer that is full by mistake looks \
                like a peer that has gone; Go therefore has an error of its own, io.EOF.
                """,
            holds: .equal("end count", 0), .equal("end error", "nil"), .equal("true end", "EOF")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --read-size 128 --trace
        ...
        recv(9, 128 bytes) = 6                                      10 µs
        recv(9, 128 bytes) = 0                                      1 µs
        ...
        2$ echo hello | sockctl dial 3000
        """

    static let lesson = """
        A count of 0 answers the question that was asked: of no bytes, none came. Never read into a buffer without room \
        when the result decides whether the peer is still there.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()

        await stage.step("Nothing is there")
        let silent = await server.read(0)
        stage.found("silent count", .bytes(silent.count))
        stage.found("silent error", .text(silent.code))
        let raw = server.party.system("recv(2) of 0 bytes", result: { (count: Int) in "\(count)" }) {
            () throws(Errno) -> Int in
            guard case .done(let count) = try TransferCalls.receiveNothing(server.number) else { throw .wouldBlock }
            return count
        }
        stage.found("raw", .text(code(raw)))

        await stage.step("5 bytes are there")
        await client.write("hello")
        await stage.kernel.holds(5, for: server)
        stage.found("waiting", .bytes(server.connection.bytesWaiting))
        stage.found("waiting count", .bytes(await server.read(0).count))
        stage.found("left", .bytes(stage.kernel.unread(server)))

        await stage.step("The stream has ended")
        await server.read()
        client.close()
        await stage.kernel.reaches(.closeWait, server, meaning: "a FIN has come")
        let end = await server.read(0)
        stage.found("end count", .bytes(end.count))
        stage.found("end error", .text(end.code))
        stage.found("true end", .text(await server.read().code))
    }

    private static func code(_ result: Result<Int, Errno>) -> String {
        switch result {
        case .success(let count): "\(count)"
        case .failure(let error): error.name
        }
    }
}
