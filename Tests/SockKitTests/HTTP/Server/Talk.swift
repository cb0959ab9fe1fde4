import SockKit
import Testing

/// A handler that is a closure.
struct Answering: HTTPHandler {
    let body: @Netpoller @Sendable (HTTPExchange) async throws(NetworkError) -> Void

    init(_ body: @escaping @Netpoller @Sendable (HTTPExchange) async throws(NetworkError) -> Void) {
        self.body = body
    }

    /// Says what was asked for.
    static let target = Answering { (exchange) async throws(NetworkError) in
        try await exchange.respond(200, body: Array(exchange.request.target.utf8))
    }

    func answer(_ exchange: HTTPExchange) async throws(NetworkError) { try await body(exchange) }
}

/// One end of a connection whose other end is a conversation.
@Netpoller
struct Talk {
    let client: Connection
    let conversation: HTTPConversation
    let task: Task<Result<HTTPConversation.Ending, NetworkError>, Never>

    init(_ handler: any HTTPHandler, limits: HTTPServerLimits = HTTPServerLimits()) async throws {
        let pair = try await loopback()
        let conversation = HTTPConversation(pair.server, HTTPSite(handler, limits: limits))
        self.conversation = conversation
        client = pair.client
        task = Netpoller.spawn {
            defer { pair.server.close() }
            do throws(NetworkError) { return .success(try await conversation.run()) } catch { return .failure(error) }
        }
    }

    func send(_ text: String) async throws(NetworkError) { try await client.write(text) }

    /// Reads up to and including these words.
    func read(through words: String) async throws -> String {
        var text = ""
        while !text.hasSuffix(words) {
            let more = try await client.readText(upTo: 1)
            try #require(!more.isEmpty, "the connection ended behind '\(text)'")
            text += more
        }
        return text
    }

    /// All that comes up to the end of the connection.
    func rest() async throws(NetworkError) -> String {
        String(decoding: try await client.readAll(), as: UTF8.self)
    }
}

/// Sends bytes to a conversation, says the end, and gives back all that was answered.
func talk(
    _ requests: String, limits: HTTPServerLimits = HTTPServerLimits(), _ handler: any HTTPHandler = Answering.target
) async throws -> String {
    try await onLoop {
        let talk = try await Talk(handler, limits: limits)
        try await talk.send(requests)
        try talk.client.closeWrite()
        let answer = try await talk.rest()
        talk.client.close()
        _ = await talk.task.value
        return answer
    }
}

/// Counts how often others have their turn on the loop.
@Netpoller
final class TurnCounter {
    private(set) var turns = 0
    private var isStopped = false

    init() {
        Netpoller.spawn {
            while !self.isStopped {
                self.turns += 1
                await Task.yield()
            }
        }
    }

    func stop() { isStopped = true }
}

/// A stream whose other side takes all that is written at once.
@Netpoller
final class SwallowingStream: WrappedStream {
    /// Told how many bytes a write has.
    var onWrite: (@Netpoller (Int) -> Void)?

    override func write(_ bytes: Span<UInt8>) async throws(NetworkError) { onWrite?(bytes.count) }
    override var plainSink: PlainDescriptor? { nil }
}

extension String {
    /// An answer's head and content, without its date, which changes.
    var withoutDate: String { replacing(/Date: [^\r]*\r\n/, with: "") }

    /// Requests as they are typed: each newline is a CRLF on the wire.
    var onTheWire: String { replacing("\n", with: "\r\n") }
}
