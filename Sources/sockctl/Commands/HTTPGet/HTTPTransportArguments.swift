/// How `http-get` connects, keeps connections, and how long it waits: the fields of Go's Transport, with its defaults.
struct HTTPTransportArguments: Equatable, Sendable {
    var unixSocket: Word?
    var dialTimeout: Duration? = .seconds(30)
    var responseHeaderTimeout: Duration?
    var expectContinueTimeout = Duration.seconds(1)
    var timeout: Duration?
    var idleTimeout: Duration? = .seconds(90)
    var maximumIdle: Int? = 100
    var maximumIdlePerHost: Int = 2
    var maximumPerHost: Int?
    var disablesKeepAlives = false

    static let title = "Connections"

    static let rows: [Row<HTTPTransportArguments>] = [
        .option(
            "unix-socket", as: .file, into: \.unixSocket, help: "Connect to this Unix socket instead of the host.",
            detail: "The URL's host is only told in the request. `@NAME` is an abstract name."),
        .option(
            "timeout", as: .limitAboveZero, into: \.timeout, help: "Give up when an exchange takes longer than this.",
            detail: """
                That is a request with all that follows: redirects, and the whole body of the answer. The status is 75. \
                Where nobody reads standard output the server is not read either; `--max-time` ends that too.
                """),
        .option(
            "dial-timeout", as: .limitAboveZero, into: \.dialTimeout, help: "How long to resolve and connect.",
            detail: "Both together, over all addresses."
        ),
        .option(
            "response-header-timeout", as: .limitAboveZero, into: \.responseHeaderTimeout,
            help: "How long an answer may take to begin.",
            detail: "It counts from the request's end to that of the answer's head; the body has no part in it."
        ).manualOnly,
        .option(
            "expect-continue-timeout", as: .duration, into: \.expectContinueTimeout,
            help: "How long a body waits for 100 Continue.",
            detail: "If the request has `Expect: 100-continue`. Then it is sent all the same; with 0 at once."
        ).manualOnly,
        .flag(
            "disable-keepalives", into: \.disablesKeepAlives, help: "Use a new connection for each request.",
            detail: "The requests say so: `Connection: close`."
        ),
        .option(
            "idle-conn-timeout", as: .limit, into: \.idleTimeout, help: "How long a connection is kept unused."
        ).manualOnly.excludes("disable-keepalives", reason: keepsNone),
        .option(
            "max-idle-conns", as: .connectionLimit, into: \.maximumIdle,
            help: "So many unused connections are kept in all."
        ).manualOnly.excludes("disable-keepalives", reason: keepsNone),
        .option(
            "max-idle-per-host", aliases: ["max-idle-conns-per-host"], as: .count(0...1_000_000),
            into: \.maximumIdlePerHost, help: "So many unused connections are kept for a host.",
            detail: "With `--repeat` and `--duration`, as many as `--parallel` says, unless this is given."
        ).manualOnly.excludes("disable-keepalives", reason: keepsNone),
        .option(
            "max-per-host", aliases: ["max-conns-per-host"], as: .connectionLimit, into: \.maximumPerHost,
            help: "So many connections to a host at once.",
            detail: "A request waits for one of them. Without it there is no limit."
        ).manualOnly,
    ].titled(title)

    private static let keepsNone =
        "'{option}' is about connections that are kept, and '--disable-keepalives' keeps none"
}

extension ValueType where Value == Int? {
    /// A number of connections, or `none` for any.
    static var connectionLimit: Self {
        Self(placeholder: "N", offWord: "none") { (text: String) throws(UsageError) in
            text == "none" ? nil : try ValueType<Int>.count(1...1_000_000).parse(text)
        } show: {
            $0.map { "\($0)" }
        }
    }
}
