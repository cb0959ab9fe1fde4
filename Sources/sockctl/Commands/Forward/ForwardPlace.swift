import SockKit

/// One end of a forwarder.
struct ForwardPlace: Sendable {
    let network: Network
    let destination: Destination
}

extension ForwardArguments {
    func listeningPlace() throws(UsageError) -> ForwardPlace {
        try place(address[0], .listening, ofDatagrams: network.isUDP)
    }

    /// Where connections go. A stream or messages can be joined to either, datagrams to datagrams.
    func targetPlaces(for listening: Network) throws(UsageError) -> [ForwardPlace] {
        var places: [ForwardPlace] = []
        for word in target + furtherTargets {
            let place = try targetPlace(word, ofDatagrams: listening.kind == .datagram)
            guard (place.network.kind == .datagram) == (listening.kind == .datagram) else {
                throw UsageError(
                    "'\(word)' is of \(place.network), and \(listening) is listened on: one has connections, the other none",
                    hint: "datagrams go to datagrams: udp://:53 to udp://1.1.1.1:53")
            }
            if place.network.kind == .datagram { try place.destination.checkPort() }
            places.append(place)
        }
        return places
    }

    /// Where a record is played to: the only address there is, or else the targets.
    func replayPlaces() throws(UsageError) -> [ForwardPlace] {
        var places: [ForwardPlace] = []
        let words = target + furtherTargets
        for word in words.isEmpty ? address : words { places.append(try targetPlace(word, ofDatagrams: false)) }
        guard let first = places.first, places.allSatisfy({ $0.network.kind == first.network.kind }) else {
            throw UsageError("targets of one kind are needed: the same record cannot be played to streams and messages")
        }
        return places
    }

    /// Refuses targets that cannot be told who is behind a connection.
    func checkHeaders(for targets: [ForwardPlace]) throws(UsageError) {
        guard proxyHeader.sends, let other = targets.first(where: { $0.network.kind != .stream }) else { return }
        throw UsageError(
            "'--proxy-protocol \(proxyHeader.side?.rawValue ?? "")' is about streams, and \(other.network) carries messages"
        )
    }

    /// A place to connect to. A proxy can be asked for hosts and ports only.
    private func targetPlace(_ word: Word, ofDatagrams: Bool) throws(UsageError) -> ForwardPlace {
        let place = try place(word, .dialing, ofDatagrams: ofDatagrams)
        guard !proxy.isGiven || place.network.isIP else {
            throw UsageError("'--proxy' leads to hosts and ports, and '\(word)' is of \(place.network)")
        }
        // A proxy looks up itself whom it is asked for.
        if !proxy.isGiven, case .host(let name, _) = place.destination.place, try network.resolver().refuses(name) {
            throw UsageError("'\(name)' is a name, and names are not looked up with '--no-dns'")
        }
        return place
    }

    /// An address that names its own network is of that one, whatever the options say of the other. One that leaves it open
    /// is of datagrams where those are forwarded.
    private func place(
        _ word: Word, _ role: Destination.Role, ofDatagrams: Bool
    ) throws(UsageError) -> ForwardPlace {
        var plain = network
        (plain.isIPv4, plain.isIPv6, plain.isUDP) = (false, false, false)
        let (own, destination) = try plain.destination([word], role)
        // unix: is any Unix socket.
        if ofDatagrams, own == .unix { return ForwardPlace(network: .unixgram, destination: destination) }
        if destination.network != nil || own.isUnix { return ForwardPlace(network: own, destination: destination) }
        var asked = network
        asked.isUDP = asked.isUDP || ofDatagrams
        let (named, place) = try asked.destination([word], role)
        return ForwardPlace(network: named, destination: place)
    }
}
