import SockKit

/// The socket options that a person may set; nil leaves the kernel's own value.
struct SocketArguments: Equatable, Sendable {
    var sendBuffer: Int?
    var receiveBuffer: Int?
    var nodelay = true
    var keepAlive = KeepAlive.standard
    var ttl: Int?
    var typeOfService: Int?
    var userTimeout: Duration?
    var linger: Duration?
    var maximumSegment: Int?
    var interface: String?
    var minimumTTL: Int?
    var fastOpen = false
    var multipath = false
    var congestionControl: String?
    var chosen: [ChosenOption] = []

    static let rows: [Row<SocketArguments>] =
        [
            .option(
                "sndbuf", short: "O", as: .size(1...Int(Int32.max)), into: \.sendBuffer,
                help: "Size of the send buffer.",
                detail: "The kernel doubles what is asked for, within `net.core.wmem_max`; `-vv` tells what came of it."
            ).manualOnly,
            .option(
                "rcvbuf", short: "I", as: .size(1...Int(Int32.max)), into: \.receiveBuffer,
                help: "Size of the receive buffer.",
                detail: "The kernel doubles what is asked for, within `net.core.rmem_max`; `-vv` tells what came of it."
            ).manualOnly,
            .flag(
                "nodelay", into: \.nodelay, value: true, help: "Send small writes at once (the default).",
                detail: "This is TCP_NODELAY."
            ).manualOnly.overriding("no-nodelay").needs(.tcp),
            .flag(
                "no-nodelay", into: \.nodelay, value: false, help: "Let the kernel gather small writes.",
                detail: "This is Nagle's algorithm."
            ).manualOnly.overriding("nodelay").needs(.tcp),
            .option(
                "keepalive", as: .keepAlive, into: \.keepAlive, help: "When to probe a silent peer, or off.",
                detail: """
                    After how long a silence the first probe goes out, how far apart the probes are, and after how many \
                    without an answer the connection is lost; whole seconds.
                    """
            ).manualOnly.needs(.tcp),
            .option("ttl", short: "M", as: .integer(1...255), into: \.ttl, help: "How many routers a packet may pass.")
                .manualOnly.needs(.ip),
            .option(
                "tos", short: "T", as: .typeOfService, into: \.typeOfService,
                help: "The type of service of the packets.",
                detail: "A number, as `0x10`, or a name, as `ef`, `af11`, `cs1` or `lowdelay`."
            ).manualOnly.needs(.ip),
            .option(
                "user-timeout", as: .millisecondLimit, into: \.userTimeout,
                help: "How long sent data may stay unanswered.",
                detail: "This is TCP_USER_TIMEOUT: then the kernel gives the connection up."
            ).manualOnly.needs(.tcp),
            .option(
                "linger", as: .seconds(0...65535), into: \.linger, help: "How long closing waits for unsent data.",
                detail: "This is SO_LINGER, in whole seconds; with 0, closing resets the connection."
            ).manualOnly.needs(.tcp),
            .option("mss", as: .integer(88...32767), into: \.maximumSegment, help: "The largest TCP segment to send.")
                .manualOnly.needs(.tcp),
            .option(
                "interface", as: .word("NAME"), into: \.interface, help: "The network interface to use, by name.",
                detail: "This is SO_BINDTODEVICE: no packet goes or comes through another one; `ip link` names them."
            ).manualOnly.needs(.ip),
        ].titled("Socket options") + furtherRows.titled("Socket options")

    var options: SocketOptions {
        var options = SocketOptions()
        options.sendBuffer = sendBuffer
        options.receiveBuffer = receiveBuffer
        options.noDelay = nodelay
        options.keepAlive = keepAlive
        options.timeToLive = ttl.map(Int32.init)
        options.typeOfService = typeOfService.map(Int32.init)
        options.userTimeout = userTimeout
        options.linger = linger
        options.maximumSegment = maximumSegment.map(Int32.init)
        options.interface = interface
        options.minimumTimeToLive = minimumTTL.map(Int32.init)
        options.fastOpen = fastOpen
        options.multipath = multipath
        options.congestionControl = congestionControl
        options.chosen = chosen
        return options
    }
}
