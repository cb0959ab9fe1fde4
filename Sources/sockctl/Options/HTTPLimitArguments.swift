import SockKit

/// What a server takes of its clients, and how long it waits for them.
struct HTTPLimitArguments: Equatable, Sendable {
    var maximumHead = 64 << 10
    var maximumFields = 256
    var maximumBody: Int? = 16 << 20
    var headerTimeout: Duration? = .seconds(10)
    var bodyTimeout: Duration? = .seconds(30)
    var writeTimeout: Duration? = .seconds(30)
    var idleTimeout: Duration? = .seconds(60)

    static let rows: [Row<HTTPLimitArguments>] = [
        .option(
            "max-head", as: .size(256...(1 << 30)), into: \.maximumHead, help: "The longest head of a request.",
            detail: "One that is longer is 431; if the request line alone is as long, 414."),
        .option(
            "max-headers", as: .count(1...65536), into: \.maximumFields, help: "The most fields of a request: then 431."
        ),
        .option(
            "max-body", as: .sizeLimit, into: \.maximumBody, help: "The longest content of a request: then 413.",
            detail: "What is kept in memory of it; what `--upload` stores, only if this option is given."),
        .option(
            "header-timeout", as: .limitAboveZero, into: \.headerTimeout,
            help: "How long a head may take from its first byte.",
            detail: "Then the client is told 408. While nothing has come, --idle-timeout is what counts."),
        .option(
            "body-timeout", as: .limitAboveZero, into: \.bodyTimeout,
            help: "How long the content of a request may take.",
            detail: "Each 1024 bytes that come give it a second more; then the client is told 408."),
        .option(
            "write-timeout", as: .limitAboveZero, into: \.writeTimeout, help: "How long a client may read nothing.",
            detail:
                "It counts anew for each piece of an answer, of at most 32K, under TLS 96K: a client may be slow, but not stop."
        ),
        .option(
            "idle-timeout", short: "i", as: .limitAboveZero, into: \.idleTimeout,
            help: "How long to wait for the next request.",
            detail: "For the first one, too: a browser opens connections before it needs them."),
    ].titled("Limits")

    var limits: HTTPServerLimits {
        HTTPServerLimits(
            message: MessageLimits(
                // No line has a limit of its own: but of a request line that fills the head, it is said that it does.
                line: maximumHead - 4, head: maximumHead, fields: maximumFields, body: maximumBody),
            header: headerTimeout, body: bodyTimeout, write: writeTimeout, idle: idleTimeout)
    }
}

extension ValueType where Value == Int? {
    /// A number of bytes, or `none` for no limit.
    static var sizeLimit: Self {
        Self(placeholder: "SIZE", offWord: "none") { (text: String) throws(UsageError) in
            text == "none" ? nil : try ValueType<Int>.size(0...Int.max).parse(text)
        } show: {
            $0.flatMap(ValueType<Int>.size(0...Int.max).show)
        }
    }
}
