import SockKit

/// Delimiters.
enum FramedMessages: Experiment {
    static let title = "In text mode a delimiter ends each message, and a limit ends the patience"
    static let covers = [119]
    static let documents = [SourceDocument.server]
    static let claim = """
        Protocols on TCP mark their messages in one of two ways: binary ones with a length field, text ones with a delimiter, \
        as HTTP does.
        """
    static let question = "What does a reader of lines return, whatever the reads were, and what if no delimiter comes?"

    private static let words = quoted(["one", "two", "three"])

    static let expectations = [
        Expectation(
            says: "A delimiter marks where a message ends.",
            here: "three lines that came in {reads:read} were the messages {lines}",
            why: """
                The reader looks for the newline and keeps what stands behind the last one. A CR before the newline belongs to \
                the line's end, as in HTTP and SMTP.
                """,
            holds: .equal("lines", .list(words)), .equal("reads", 2)),
        Expectation(
            here: """
                with the delimiter "--" the writes "one--two-" and "-three--" were the messages {delimited}
                """,
            why: "A delimiter of several bytes may be cut by a read, too: its first byte waits for the second.",
            holds: .equal("delimited", .list(words))),
        Expectation(
            here: "with a limit of 16 bytes, a line of which {long:byte} came without a newline met: {error}",
            why: """
                Without a limit, a peer that never sends the delimiter makes the reader keep everything. The frame is refused \
                as soon as it is too long; its end is not waited for.
                """,
            holds: .equal("code", "limit"), .more("long", than: "limit")),
        Expectation(
            here: "a last line without a newline was reported at the end of the stream: {cut}",
            why: "The delimiter is what says that a message is whole. What is not ended may be half of something.",
            holds: .equal("cut code", "frame")),
    ]

    static let commands = """
        1$ sockctl listen --frame line --max-frame 16 -v 3000
        message 1, 3 bytes, 127.0.0.1:58472
        message 2, 3 bytes, 127.0.0.1:58472
        message 3, 5 bytes, 127.0.0.1:58472
        one
        two
        three
        ...
        2$ printf 'one\\ntwo\\r\\nthree\\n' | sockctl dial 3000
        """

    static let lesson = """
        A delimiter is easy to read and to type, but must not stand in the message; a length allows every byte. Both need a \
        limit.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()
        stage.found("limit", 16)

        await stage.step("Three lines, cut somewhere by the reads")
        var lines = FrameDecoder(.line, maximum: 16)
        let first = await pass("one\ntwo\r\nth", client, server, &lines, stage)
        let second = await pass("ree\n", client, server, &lines, stage)
        stage.found("reads", 2)
        stage.found("lines", .list(quoted(first.messages + second.messages)))

        await stage.step("A delimiter of two bytes, cut in its middle")
        var dashes = FrameDecoder(.delimiter(Array("--".utf8)), maximum: 16)
        let third = await pass("one--two-", client, server, &dashes, stage)
        let fourth = await pass("-three--", client, server, &dashes, stage)
        stage.found("delimited", .list(quoted(third.messages + fourth.messages)))

        await stage.step("A line that does not end")
        let long = "this line is longer than it may be"
        stage.found("long", .number(long.utf8.count))
        let refused = await pass(long, client, server, &lines, stage)
        stage.found("error", .text(refused.error?.description ?? "nothing"))
        stage.found("code", .text(refused.error?.code ?? "ok"))

        await stage.step("A line without a newline, and the end of the stream")
        var last = FrameDecoder(.line, maximum: 16)
        _ = await pass("almost", client, server, &last, stage)
        client.close()
        await server.read(100)
        let cut = last.finish()?.error
        stage.server.note(cut?.description ?? "no error")
        stage.found("cut", .text(cut?.description ?? "nothing"))
        stage.found("cut code", .text(cut?.code ?? "ok"))
    }

    private static func quoted(_ texts: [String]) -> [String] { texts.map { "\u{201c}\($0)\u{201d}" } }

    /// The client writes and the server reads, once; what the decoder makes of it.
    @Netpoller
    private static func pass(
        _ text: String, _ client: LabConnection, _ server: LabConnection, _ decoder: inout FrameDecoder, _ stage: Stage
    ) async -> (messages: [String], error: FramingError?) {
        await client.write(text)
        await stage.kernel.holds(text.utf8.count, for: server)
        let reading = await server.read(100)
        var messages: [String] = []
        do throws(FramingError) {
            try decoder.push(reading.bytes.span) { (_, payload) throws(FramingError) in
                var copy: [UInt8] = []
                copy.append(payload)
                messages.append(String(decoding: copy, as: UTF8.self))
            }
        } catch {
            stage.server.note(error.description)
            return (messages, error)
        }
        stage.server.note(messages.isEmpty ? "no message is whole" : "whole now: \(messages.joined(separator: ", "))")
        return (messages, nil)
    }
}
