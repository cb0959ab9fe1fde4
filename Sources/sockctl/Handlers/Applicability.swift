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
                (ending.close == .reset, "--close reset"), (socket.userTimeout != nil, "--user-timeout"),
                (socket.maximumSegment != nil, "--mss"),
            ]
        }
        if network.isUnix {
            misplaced += [
                (socket.ttl != nil, "--ttl"), (socket.typeOfService != nil, "--tos"),
                (socket.interface != nil, "--interface"),
            ]
        }
        if network.kind == .datagram {
            misplaced += (pace.aboutConnections + deadlines.aboutConnections).map { (true, $0) }
            misplaced += [
                // -N alone is habit, and asks for no more than datagrams do by themselves: they have no end to keep back.
                (ending.halfClose == .never, "--no-shutdown"), (ending.isHalfOpen, "--half-open"),
                (socket.linger != nil, "--linger"),
            ]
        } else {
            misplaced += [(ending.count != nil, "--count")]
        }
        if network.kind != .stream, frame.framing != nil {
            throw UsageError("'--frame' makes messages of a stream, and \(network) has messages of its own")
        }
        if let option = misplaced.first(where: \.isGiven)?.option {
            let hint =
                option == "--count" ? "it counts datagrams: use -u for UDP; or round trips, with dial --send" : nil
            throw UsageError("'\(option)' has no meaning for \(network)", hint: hint)
        }
    }
}

extension DeadlineArguments {
    /// What a datagram socket has no use for: it waits for whoever speaks, and has no connection to give up.
    fileprivate var aboutConnections: [String] {
        [
            (readTimeout != nil, "--read-timeout"), (writeTimeout != nil, "--write-timeout"),
            (deadline != nil, "--deadline"), (goodbye != nil, "--goodbye"),
        ].filter(\.0).map(\.1)
    }
}

extension PaceArguments {
    fileprivate var aboutConnections: [String] {
        [
            (firstReadDelay != .zero, "--first-read-delay"), (readDelay != .zero, "--read-delay"),
            (writeDelay != .zero, "--write-delay"), (lineDelay != .zero, "--delay"), (rate != nil, "--rate"),
            (maximumBytes != nil, "--max-bytes"),
        ].filter(\.0).map(\.1)
    }
}
