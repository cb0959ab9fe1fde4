import SockKit

/// Two tasks that read one connection.
enum ConcurrentReads: Experiment {
    static let title = "Two readers of one connection share its bytes: none is lost, none is read twice"
    static let covers = [55]
    static let documents = [SourceDocument.server]
    static let claim = """
        Several goroutines may read one connection: Read takes a lock, so they read one after the other. If "world" comes \
        and each reads into 4 bytes, one gets "worl" and the other "d"; which one gets which is open.
        """
    static let question = "Two tasks read into 4 bytes each, and 5 bytes come. Who gets what?"

    static let expectations = [
        Expectation(
            says: "One reader gets \"worl\", the other \"d\".",
            here: "one task got \u{201c}{piece 1}\u{201d}, the other \u{201c}{piece 2}\u{201d}",
            why: """
                A connection's reads take turns (in Go, the lock of its descriptor). The one whose turn it is takes what \
                fits into its buffer; the other finds the rest.
                """,
            holds: .equal("pieces", inAnyOrder: ["worl", "d"])),
        Expectation(
            says: "No byte is read twice, none is left out.",
            here: "in {rounds} more rounds the two pieces were {same} times exactly these",
            why: """
                recv(2) itself is atomic as well: the kernel locks the socket while it copies. What no lock can give is \
                meaning: no reader can tell which part of the message it holds.
                """,
            holds: .equal("rounds", 50), .equal("same", to: "rounds")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --readers 2 --read-size 4 -vv
        ...
        readers       2
        bytes         6 bytes
        reader bytes  4, 2
        ...
        2$ echo world | sockctl dial 3000
        """

    static let lesson = """
        Reading with several tasks is safe for the bytes and useless for the messages. One task reads and hands whole \
        messages to the others.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()
        let one = LabConnection(server.connection, of: stage.another(.server, "task 1"))
        let two = LabConnection(server.connection, of: stage.another(.server, "task 2"))

        await stage.step("Two tasks read, then 5 bytes come")
        let both = await pieces(stage, client, one, two)
        stage.found("pieces", .list(both))
        for (index, piece) in both.enumerated() { stage.found("piece \(index + 1)", .text(piece)) }

        await stage.step("The same 50 times more")
        let quiet = (
            LabConnection(client.connection, of: stage.client.quiet),
            LabConnection(server.connection, of: one.party.quiet), LabConnection(server.connection, of: two.party.quiet)
        )
        var same = 0
        for _ in 1...50 {
            let found = await pieces(stage, quiet.0, quiet.1, quiet.2)
            if found.sorted() == ["d", "worl"] { same += 1 }
        }
        stage.server.note("\(same) of 50 times \"worl\" and \"d\"")
        stage.found("rounds", .number(50))
        stage.found("same", .number(same))
    }

    /// What two reads give that wait already when "world" is written.
    @Netpoller
    private static func pieces(
        _ stage: Stage, _ client: LabConnection, _ one: LabConnection, _ two: LabConnection
    ) async -> [String] {
        let readings = [stage.go { await one.read(4) }, stage.go { await two.read(4) }]
        await stage.pause(.milliseconds(1))
        await client.write("world")
        return await [readings[0].value.string, readings[1].value.string]
    }
}
