import SockKit

/// A socket that `listen` does not make, since it was given one.
struct GivenSocketArguments: Equatable, Sendable {
    var descriptor: Int?
    var isActivated = false
    var isInetd = false

    var isWanted: Bool { descriptor != nil || isActivated || isInetd }

    static let rows: [Row<GivenSocketArguments>] = [
        .option(
            "fd", as: .integer(0...Int(Int32.max)), into: \.descriptor, help: "Listen on a socket that was given.",
            detail: """
                The number of a descriptor that is open already: a socket that listens, that receives datagrams, or that is \
                a connection, which is then the one peer.
                """
        ).manualOnly.takingOver("--fd").excludes("address", reason: withAddress("--fd"))
            .excludes("activated", "inetd", reason: "'--fd' and '{other}' both say which socket: leave out one"),
        .flag(
            "activated", into: \.isActivated, help: "Listen on the socket that systemd gives.",
            detail: """
                As sd_listen_fds(3): `LISTEN_PID`, `LISTEN_FDS` and `LISTEN_FDNAMES` say which descriptors there are, from 3 \
                on. If there are several, the address is the name of one. With `Accept=yes` it is a connection.
                """
        ).manualOnly.takingOver("--activated")
            .excludes("inetd", reason: "'--activated' and '{other}' both say which socket: leave out one"),
        .flag(
            "inetd", into: \.isInetd, help: "Standard input is the socket, as inetd gives it.",
            detail: """
                A connection, or the socket of a server that is to wait; say with `--serve` what is to be done. Where \
                standard error is the same socket, nothing is reported there.
                """
        ).manualOnly.takingOver("--inetd").excludes("address", reason: withAddress("--inetd")),
    ]

    private static func withAddress(_ option: String) -> String {
        "'\(option)' takes a socket that has its address: leave out '{address}'"
    }
}

extension Row {
    /// The same row, for a socket that somebody else has made.
    fileprivate func takingOver(_ option: String) -> Row {
        excludes(
            "network", "ipv4", "ipv6", "udp", "unix", "no-dns", "resolve", "backlog", "reuse-port", "mode", "mptcp",
            "fastopen",
            reason: "'{other}' is about making a socket, and '\(option)' takes one that is made"
        )
    }
}

extension GivenSocketArguments {
    /// Takes the socket over. That it is none is wrong with the command line; what the kernel has against it is not.
    @Netpoller
    func take(
        named name: Word?, options: SocketOptions
    ) throws(UsageError) -> Result<GivenSocket, NetworkError> {
        let number = try number(named: name)
        if isInetd { Self.quieten() }
        do throws(NetworkError) { return .success(try GivenSocket(adopting: number, options: options)) } catch {
            if case .invalid = error.cause { throw UsageError(error.description) }
            return .failure(error)
        }
    }

    /// What inetd gave as standard output and error is the peer as well: reports are nothing for it, and as long as they hold
    /// the connection it does not end.
    private static func quieten() {
        guard let input = try? FileCalls.identity(of: 0), input.kind == .socket else { return }
        for number in Int32(1)...2 where (try? FileCalls.identity(of: number)) == input {
            try? FileCalls.leadNowhere(number)
        }
    }

    private func number(named name: Word?) throws(UsageError) -> Int32 {
        if let descriptor { return Int32(descriptor) }
        return isInetd ? 0 : try ActivatedSockets().number(named: name)
    }
}
