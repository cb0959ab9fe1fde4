import SockKit

extension Network {
    /// The network as rules about options see it.
    var traits: NetworkTraits {
        var traits: Set<NetworkTrait> = isUnix ? [.unix] : isIP ? [.ip, .source] : []
        if isTCP { traits.insert(.tcp) }
        if kind == .stream || isUDP { traits.insert(.securable) }
        switch kind {
        case .stream: traits.formUnion([.stream, .connection])
        case .sequenced: traits.insert(.connection)
        case .datagram: traits.formUnion([.datagrams, .source])
        }
        return NetworkTraits(name: rawValue, traits: traits)
    }
}
