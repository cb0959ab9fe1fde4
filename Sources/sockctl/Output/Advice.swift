import SockKit

extension NetworkError {
    /// What a person could do about it with this program, else what the library says; nil where there is nothing worth
    /// saying. `command` starts what a dial would find.
    func advice(startingWith command: String) -> String? {
        switch (operation, cause) {
        case (.write, .system(.noSuchFile, _)) where stream != nil:
            folder.map { "make the folder first: mkdir -p \($0)" }
        // A proxy is nothing that this program could be.
        case (.dial, _) where route != nil: hint
        case (.dial, .system(.connectionRefused, _)),
            (.dial, .system(.connectionReset, _)) where network == .vsock,
            (.write, .system(.connectionRefused, _)) where network?.isUnix == true:
            hint(followedBy: startHint(command))
        case (.dial, .system(.noSuchFile, _)), (.write, .system(.noSuchFile, _)):
            hint(
                followedBy: network == .unixgram
                    ? "start a receiver with: sockctl udp-recv unix:\(path)"
                    : "start a listener with: sockctl \(command) unix:\(path)")
        case (.dial, .system(.wrongProtocolType, _)) where network == .unixgram,
            (.write, .system(.wrongProtocolType, _)):
            hint(followedBy: "for a stream use: sockctl dial unix:\(path), else unixpacket:\(path)")
        case (.dial, .system(.wrongProtocolType, _)):
            hint(followedBy: "try --network unix, unixgram or unixpacket")
        case (.dial, .system(.permissionDenied, _)) where network?.isUDP == true,
            (.write, .system(.permissionDenied, _)) where network?.isUDP == true:
            "a broadcast address is sent to by udp-send --broadcast, else with --setsockopt SOL_SOCKET:SO_BROADCAST:1"
        case (.set, .option(.noSuchInterface, _, _)):
            "name an interface that is there: --join GROUP@INTERFACE; look at: ip link"
        case (.read, .system(.timedOut, _)), (.write, .system(.timedOut, _)):
            hint.map { "\($0), or with --user-timeout the peer no longer reads" }
        // That of a first line is fixed.
        case (_, .frame(let error)) where error.isLimit && error.subject != "the first line":
            "a larger limit is set with: --max-frame SIZE"
        default: hint
        }
    }

    private func hint(followedBy advice: String?) -> String? {
        guard let hint, let advice else { return hint }
        return "\(hint); \(advice)"
    }

    private func startHint(_ command: String) -> String? {
        // Nobody is refused a dial of datagrams but by TLS, which waits for an answer.
        let command = network?.isUDP == true ? "listen -u --tls" : command
        return switch remote {
        // Nothing can listen there.
        case .ip(_, port: 0), nil: nil
        case .ip(let address, let port): "start one with: sockctl \(command) \(Self.place(address, port))"
        case .vsock(let address): "start one there with: sockctl \(command) vsock:any:\(address.port)"
        case .unix(let name): "start one with: sockctl \(network == .unixgram ? "udp-recv" : command) unix:\(name)"
        }
    }

    /// Where to listen for somebody who dials an address, as it is typed into a shell: a bare port is 127.0.0.1 alone.
    private static func place(_ address: IPAddress, _ port: UInt16) -> String {
        let address = address.unmapped
        if !address.isLoopback { return ":\(port)" }
        if address == .v4Loopback { return "\(port)" }
        let text = Endpoint.ip(address, port: port).description
        return address.family == .v6 ? "'\(text)'" : text
    }

    /// The folder of a file that was to be written.
    private var folder: String? {
        guard case .file(let path) = stream, let slash = path.lastIndex(of: "/") else { return nil }
        return slash == path.startIndex ? nil : String(path[..<slash])
    }

    /// What a Unix socket's peer is called; `PATH` where that is not known.
    private var path: String {
        if case .unix(let name) = remote, name != .unnamed { return "\(name)" }
        return "PATH"
    }
}
