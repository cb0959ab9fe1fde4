import SockKit

extension PeerArguments {
    /// Refuses what cannot have an effect on this network: an option that does nothing misleads.
    func check(for network: Network) throws(UsageError) {
        let defaults = PeerArguments()
        var misplaced: [(isGiven: Bool, option: String)] = []
        if !network.isTCP {
            misplaced += [
                (socket.nodelay != defaults.socket.nodelay, "--no-nodelay"),
                (socket.keepAlive != defaults.socket.keepAlive, "--keepalive"),
                (socket.userTimeout != nil, "--user-timeout"), (socket.maximumSegment != nil, "--mss"),
            ]
        }
        if network.isUnix {
            misplaced += [
                (socket.ttl != nil, "--ttl"), (socket.typeOfService != nil, "--tos"),
                (socket.interface != nil, "--interface"),
            ]
        }
        if network.kind == .datagram {
            misplaced += [
                (ending.halfClose == .never, "--no-shutdown"), (ending.halfClose == .always, "--shutdown"),
                (ending.isHalfOpen, "--half-open"), (socket.linger != nil, "--linger"),
            ]
        } else {
            misplaced += [(ending.count != nil, "--count")]
        }
        if network.kind == .stream {
            misplaced += [(transfer.writeSize != defaults.transfer.writeSize, "--write-size")]
        }
        if let option = misplaced.first(where: \.isGiven)?.option {
            let hint =
                option == "--count" ? "it counts datagrams: use -u for UDP; or round trips, with dial --send" : nil
            throw UsageError("'\(option)' has no meaning for \(network)", hint: hint)
        }
    }
}
