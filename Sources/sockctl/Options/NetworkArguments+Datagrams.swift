import SockKit

extension NetworkArguments {
    /// Where datagrams go or come, for commands that know nothing else: UDP unless a Unix socket is named.
    func datagramDestination(
        _ words: [Word], _ role: Destination.Role
    ) throws(UsageError) -> (network: Network, destination: Destination) {
        let named = try datagramNetwork()
        let destination: Destination
        do throws(AddressError) {
            destination = try Destination.parse(words.map(\.byteString), role: role, network: named)
        } catch {
            throw UsageError(error.message)
        }
        if role == .dialing { try destination.checkPort() }
        switch destination.network {
        case nil: return (.udp, destination)
        // unix: is any Unix socket; the one that takes datagrams is meant here.
        case .unix?: return (.unixgram, destination)
        case let network? where network.kind == .datagram: return (network, destination)
        case let network?:
            throw Self.refusal(network)
        }
    }

    private func datagramNetwork() throws(UsageError) -> Network? {
        if isUnix { return .unixgram }
        if isIPv4 || isIPv6 { return isIPv4 ? .udp4 : .udp6 }
        guard let network else { return isUDP ? .udp : nil }
        guard network.kind == .datagram else { throw Self.refusal(network) }
        return network
    }

    private static func refusal(_ network: Network) -> UsageError {
        UsageError(
            "\(network) carries no datagrams; there are udp, udp4, udp6 and unixgram",
            hint: "for \(network) use: sockctl dial, or sockctl listen")
    }
}

extension Destination {
    /// A datagram that is sent to port 0 goes nowhere: the kernel refuses it with a word that says something else.
    func checkPort() throws(UsageError) {
        guard case .host(_, let service) = place, Int(service) == 0 else { return }
        throw UsageError("nothing can be sent to port 0: name the receiver's port, from 1 to 65535")
    }
}
