import SockKit

extension SocketArguments {
    /// The options that few need.
    static let furtherRows: [Row<SocketArguments>] = [
        .option(
            "min-ttl", as: .integer(1...255), into: \.minimumTTL, help: "Drop packets with a lower time to live.",
            detail: "A packet whose TTL is lower has come through more routers than is to be believed (RFC 5082)."
        ).manualOnly.needs(.ip),
        .flag(
            "mptcp", into: \.multipath, help: "Speak Multipath TCP, where the peer does too.",
            detail: """
                The connection may then use several paths at once (RFC 8684). With a peer that does not speak it, it is \
                plain TCP; `-v` of `listen`, `dial` and `http-serve` says which it became. A kernel without it refuses: `net.mptcp.enabled`.
                """
        ).manualOnly.needs(.tcp),
        .flag(
            "fastopen", into: \.fastOpen, help: "Send the first bytes with the SYN, or take such.",
            detail: """
                TCP Fast Open (RFC 7413). A dial's first connection to a server asks for a cookie, and only those after it \
                save a round trip; what connects them is then the first write, so that a refusal shows after it, and 10 ms \
                without one send the SYN alone. The end waits until the peer has answered. Servers take such data only where `net.ipv4.tcp_fastopen` has the bit 2. \
                `-v` of `listen`, `dial` and `http-serve` says whether it was used.
                """
        ).manualOnly.needs(.tcp),
        .option(
            "congestion", as: .word("NAME"), into: \.congestionControl, help: "The congestion control to use, by name.",
            detail: """
                This is TCP_CONGESTION, such as `cubic` or `bbr`. An unknown one is an error that names those of this \
                kernel; who is not root may choose those of `net.ipv4.tcp_allowed_congestion_control`.
                """
        ).manualOnly.needs(.tcp),
        .list(
            "setsockopt", as: .chosenOption, into: \.chosen, help: "Set any socket option, by names or numbers.",
            detail: """
                As in `SOL_SOCKET:SO_MARK:7` or `tcp:TCP_MAXSEG:1000`; it is set before the socket is bound or connected, \
                after all other options. VALUE is a C int, `x` and hexadecimal digits for bytes, or else a string.
                """
        ).manualOnly,
    ]
}
