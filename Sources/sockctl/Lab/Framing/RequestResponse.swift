import SockKit

/// A conversation of requests and responses on one connection.
enum RequestResponse: Experiment {
    static let title = "One connection carries requests and responses until the client leaves"
    static let covers = [104]
    static let documents = [SourceDocument.server]
    static let claim = """
        The client opens the connection and sends a request; the server handles it and sends a response. So it goes on, one \
        after the other, until the client closes the connection.
        """
    static let question =
        "How many connections do five requests take, do the answers keep their order, and what ends it?"

    static let expectations = [
        Expectation(
            says: "Requests and responses follow each other on one connection.",
            here: "{requests} requests had the answers {answers}, over {accepted:accept}",
            why: """
                The stream keeps the order in both directions, so an answer needs no number: the first answer belongs to the \
                first request.
                """,
            holds: .equal("answers", .list(quoted(["ONE", "TWO", "THREE", "FOUR", "FIVE"]))), .equal("accepted", 1),
            .equal("requests", 5)),
        Expectation(
            here: "two of the requests were sent at once, before any answer; the answers still came in order",
            why: """
                Pipelining saves round trips. It works because the server takes frame by frame, however many of them one read \
                gives.
                """,
            holds: .isTrue("pipelined")),
        Expectation(
            says: "It ends when the client closes the connection.",
            here: "after the last answer the server's read met {end}",
            why:
                "The client's close sends a FIN, which the server reads as the end, after everything that came before it.",
            holds: .equal("end", "EOF")),
    ]

    static let commands = """
        1$ sockctl listen --serve echo --frame line --max-accepts 1 -v 3000
        message 1, 3 bytes, 127.0.0.1:58482
        message 2, 3 bytes, 127.0.0.1:58482
        message 3, 5 bytes, 127.0.0.1:58482
        ...
        2$ printf 'one\\ntwo\\nthree\\n' | sockctl dial --frame line 3000
        one
        two
        three
        """

    static let lesson = """
        A connection is a conversation, and opening one is the expensive part. A protocol that keeps it needs a framing, and \
        then gets order for free.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()
        let serving = stage.go { await serve(server) }

        var answers: [String] = []
        await stage.step("Three requests, each after the answer to the one before")
        for word in ["one", "two", "three"] {
            await client.write("\(word)\n")
            answers += await lines(1, client)
        }
        await stage.step("Two requests at once")
        await client.write("four\nfive\n")
        let pipelined = await lines(2, client)
        stage.found("pipelined", .flag(pipelined == ["FOUR", "FIVE"]))
        answers += pipelined

        await stage.step("The client leaves")
        client.close()
        let last = await serving.value
        stage.found("end", .text(last.code))
        stage.found("answers", .list(quoted(answers)))
        stage.found("requests", .number(answers.count))
        listener.listener.deadline = .now
        let more = try? await LabListener(listener.listener, of: stage.server.quiet).accept()
        stage.found("accepted", .number(more == nil ? 1 : 2))
    }

    /// Answers each line with the same in capitals, until the client ends; the last read.
    @Netpoller
    private static func serve(_ server: LabConnection) async -> Reading {
        var decoder = FrameDecoder(.line, maximum: 100)
        while true {
            let reading = await server.read(100)
            guard reading.count > 0 else { return reading }
            var answer = ""
            try? decoder.push(reading.bytes.span) { (_, line) throws(FramingError) in
                var copy: [UInt8] = []
                copy.append(line)
                answer += String(decoding: copy, as: UTF8.self).uppercased() + "\n"
            }
            if !answer.isEmpty { await server.write(answer) }
        }
    }

    private static func quoted(_ texts: [String]) -> [String] { texts.map { "\u{201c}\($0)\u{201d}" } }

    /// So many answers.
    @Netpoller
    private static func lines(_ count: Int, _ client: LabConnection) async -> [String] {
        var text = ""
        while text.count(where: { $0 == "\n" }) < count {
            let reading = await client.read(100)
            guard reading.count > 0 else { break }
            text += reading.string
        }
        return text.split(separator: "\n").map(String.init)
    }
}
