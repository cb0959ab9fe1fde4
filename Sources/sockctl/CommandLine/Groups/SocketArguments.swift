/// The socket options that a person may set; nil leaves the kernel's own value.
struct SocketArguments: Equatable, Sendable {
    var sendBuffer: Int?
    var receiveBuffer: Int?
    var nodelay = true
    /// nil switches keep-alive off.
    var keepAlive: KeepAliveSetting? = KeepAliveSetting()
    var ttl: Int?
    var typeOfService: Int?
    var userTimeout: Duration?
    var linger: Duration?
    var maximumSegment: Int?
    var interface: String?

    static let rows: [Row<SocketArguments>] = [
        .option(
            "sndbuf", short: "O", as: .size(1...Int(Int32.max)), into: \.sendBuffer, help: "Size of the send buffer.",
            detail: "The kernel doubles what is asked for, within `net.core.wmem_max`; `-vv` tells what came of it."),
        .option(
            "rcvbuf", short: "I", as: .size(1...Int(Int32.max)), into: \.receiveBuffer,
            help: "Size of the receive buffer.",
            detail: "The kernel doubles what is asked for, within `net.core.rmem_max`; `-vv` tells what came of it."),
        .flag(
            "nodelay", into: \.nodelay, value: true, help: "Send small writes at once (the default).",
            detail: "This is TCP_NODELAY."
        ).manualOnly,
        .flag(
            "no-nodelay", into: \.nodelay, value: false, help: "Let the kernel gather small writes.",
            detail: "This is Nagle's algorithm."
        ).manualOnly,
        .option(
            "keepalive", as: .keepAlive, into: \.keepAlive, help: "When to probe a silent peer, or off.",
            detail: """
                After how long a silence the first probe goes out, how far apart the probes are, and after how many \
                without an answer the connection is lost; whole seconds.
                """
        ).manualOnly,
        .option("ttl", short: "M", as: .integer(1...255), into: \.ttl, help: "How many routers a packet may pass.")
            .manualOnly,
        .option(
            "tos", short: "T", as: .typeOfService, into: \.typeOfService, help: "The type of service of the packets.",
            detail: "A number, as `0x10`, or a name, as `ef`, `af11`, `cs1` or `lowdelay`."
        ).manualOnly,
        .option(
            "user-timeout", as: .millisecondLimit, into: \.userTimeout, help: "How long sent data may stay unanswered.",
            detail: "This is TCP_USER_TIMEOUT: then the kernel gives the connection up."
        ).manualOnly,
        .option(
            "linger", as: .seconds(0...65535), into: \.linger, help: "How long closing waits for unsent data.",
            detail: "This is SO_LINGER, in whole seconds; with 0, closing resets the connection."
        ).manualOnly,
        .option("mss", as: .integer(88...32767), into: \.maximumSegment, help: "The largest TCP segment to send.")
            .manualOnly,
        .option(
            "interface", as: .word("NAME"), into: \.interface, help: "The network interface to use, by name."
        ).manualOnly,
    ].titled("Socket options")
}
