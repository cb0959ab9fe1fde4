import SockKit

/// One end of a forwarder.
struct ForwardPlace: Sendable {
    let network: Network
    let destination: Destination
}

extension ForwardArguments {
    func listeningPlace() throws(UsageError) -> ForwardPlace {
        try place(address[0], .listening)
    }

    /// Where connections go. A stream or messages can be joined to either, datagrams to datagrams.
    func targetPlaces(for listening: Network) throws(UsageError) -> [ForwardPlace] {
        var places: [ForwardPlace] = []
        for word in target + furtherTargets {
            let place = try place(word, .dialing)
            guard (place.network.kind == .datagram) == (listening.kind == .datagram) else {
                throw UsageError(
                    "'\(word)' is of \(place.network), and \(listening) is listened on: one has connections, the other none",
                    hint: "datagrams go to datagrams: udp://:53 to udp://1.1.1.1:53")
            }
            places.append(place)
        }
        return places
    }

    /// An address that names its own network is of that one, whatever the options say of the other.
    private func place(_ word: Word, _ role: Destination.Role) throws(UsageError) -> ForwardPlace {
        var plain = network
        (plain.isIPv4, plain.isIPv6, plain.isUDP) = (false, false, false)
        let (own, destination) = try plain.destination([word], role)
        if destination.network != nil || own.isUnix { return ForwardPlace(network: own, destination: destination) }
        let (named, asked) = try network.destination([word], role)
        return ForwardPlace(network: named, destination: asked)
    }
}
