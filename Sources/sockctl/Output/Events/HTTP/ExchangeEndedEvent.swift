import SockKit

struct ExchangeEndedEvent: Event {
    static let name = "exchange"
    static let level = EventLevel.verbose
    static let summary = "A request has been answered, or came to nothing."
    static let fields =
        Field.ends(\.ends) + [Field.bytes(\.bytes)] + [
            Field("method", "What was asked for.", \.method), Field("url", "Of whom.", \.url),
            Field("status", "The status of the answer.", { $0.answer.map { Int($0.status.code) } }),
            Field("reused", "Whether the connection had served another request before.", \.isReused),
            Field("idle_seconds", "How long it had been unused then.", \.idle),
            Field("resolve_seconds", "How long it took to find the addresses of the name.", \.phases.resolve),
            Field("connect_seconds", "How long it took to connect.", \.phases.connect),
            Field("tls_seconds", "How long it took to agree on TLS.", \.phases.tls),
            Field("wait_seconds", "How long the request waited for a connection of others.", \.phases.wait),
            Field("send_seconds", "From the connection to the end of the request.", \.phases.send),
            Field("first_byte_seconds", "From there to the first byte of the answer.", \.phases.firstByte),
            Field("body_seconds", "From there to the end of the answer.", \.phases.body),
            Field("seconds", "From the beginning to the end of all that.", \.duration),
            Field("body_framing", "How its length was known: `none`, `length`, `chunked` or `close`.", \.framing),
            Field("connection_kept", "Whether the connection is kept for another request.", { $0.fate?.isKept }),
            Field("connection_end", "Why it is not.", { $0.fate?.reason }),
            Field("proxy", "The proxy that it went through.", \.proxy), Field.error(\.failure),
        ]

    /// What became of the connection.
    struct Fate: Sendable, Hashable {
        var isKept: Bool
        var reason: String?
    }

    let ends: Ends
    let method: String
    let url: String
    /// The first line of the answer, if one came.
    var answer: (status: HTTPStatus, reason: String)?
    var isReused: Bool?
    var idle: Duration?
    var phases = ExchangePhases()
    let duration: Duration
    /// Of the body.
    var bytes = 0
    var framing: String?
    var fate: Fate?
    var proxy: String?
    var failure: Failure?

    /// What came of it and on which connection; then what it spent its time on, on a terminal as a picture.
    func text(on terminal: Terminal) -> String {
        let line = "\(outcome(on: terminal)) in \(Quantity.duration(duration))\(connection)"
        let isPicture = terminal.isTerminal && phases.named.count > 1
        guard !isPicture else { return ([line] + phases.bars(on: terminal)).joined(separator: "\n") }
        return phases.named.isEmpty ? line : "\(line): \(phases.text)"
    }

    private func outcome(on terminal: Terminal) -> String {
        guard let answer else { return terminal.paint("no answer", .error) }
        let first = "\(answer.status) \(answer.reason)".trimmed
        let painted = terminal.paint(first, answer.status.isFailure ? .error : .good)
        guard framing != "none" else { return painted }
        let how = ["chunked": " in chunks", "close": " up to the connection's end"][framing ?? ""] ?? ""
        return "\(painted), \(Quantity.bytes(bytes))\(how),"
    }

    private var connection: String {
        guard let isReused else { return "" }
        let number = ends.connection.map { " \($0)" } ?? ""
        let age = idle.map { ", idle for \(Quantity.duration($0))" } ?? ""
        let fate =
            fate.map {
                $0.isKept ? ", which is kept" : ", which is closed\($0.reason.map { ": \($0.printable)" } ?? "")"
            } ?? ""
        let leads = proxy.map { " through the proxy \($0.printable)" } ?? ""
        return " on \(isReused ? "reused" : "new") connection\(number)\(leads)\(age)\(fate)"
    }
}

extension String {
    fileprivate var trimmed: String { last == " " ? String(dropLast()) : self }
}
