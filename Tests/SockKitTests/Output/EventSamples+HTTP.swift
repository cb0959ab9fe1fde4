@testable import SockKit

@testable import sockctl

extension EventSamples {
    static var everything: [any sockctl::Event] { all + httpGet + lab + scan + faults }

    static let answered = {
        var event = ExchangeEndedEvent(
            ends: ends, method: "GET", url: "http://x/time", duration: .microseconds(1020))
        event.answer = (200, "OK")
        (event.isReused, event.bytes, event.framing) = (false, 20, "length")
        event.phases = ExchangePhases(
            resolve: .microseconds(385), connect: .microseconds(120), send: .microseconds(15),
            firstByte: .microseconds(400), body: .microseconds(100))
        event.fate = .init(isKept: true)
        return event
    }()

    static let lastOfConnection = {
        var event = ExchangeEndedEvent(
            ends: ends, method: "GET", url: "http://x/", duration: .milliseconds(2))
        event.answer = (404, "")
        (event.isReused, event.idle, event.bytes, event.framing) = (true, .seconds(3), 4096, "chunked")
        event.phases = ExchangePhases(
            tls: .microseconds(500), wait: .microseconds(500), firstByte: .milliseconds(1))
        event.fate = .init(isKept: false, reason: "one side said close")
        event.proxy = "http://proxy:3128/"
        return event
    }()

    static let unanswered = {
        var event = ExchangeEndedEvent(
            ends: Ends(.tcp), method: "GET", url: "http://x/", duration: .milliseconds(2))
        event.failure = Failure(refused)
        return event
    }()

    static let httpGet: [any sockctl::Event] = [
        RequestSentEvent(
            ends: ends, head: try! RequestHead(.get, "/time", fields: ["Host": "x", "X-Odd": "a\u{7}b"])),
        ResponseReceivedEvent(ends: ends, head: ResponseHead(204, fields: ["Date": "now"])),
        answered, lastOfConnection, unanswered,
        RedirectedEvent(status: 302, method: "GET", url: "http://x/next"),
        NotRedirectedEvent(status: 302, reason: "it has no Location"),
        NotRetriedEvent(
            delay: .seconds(3600), limit: .seconds(5),
            failure: Failure(code: "status", message: "GET http://x/: 503 Busy")),
        StaleConnectionEvent(failure: Failure(reset, connection: 3)),
        ResumingEvent(path: "page", bytes: 12, outcome: .appended),
        ResumingEvent(path: "page", bytes: 12, outcome: .rewritten),
        ResumingEvent(path: "page", bytes: 12, outcome: .whole),
        PartialFileEvent(path: "page", bytes: 12, length: 300), PartialFileEvent(path: "page", bytes: 1, length: nil),
        PartialFileEvent(path: "page", bytes: 4, length: 10, canGoOn: false),
    ]
}
