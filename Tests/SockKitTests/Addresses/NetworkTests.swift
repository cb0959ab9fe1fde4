import SockKit
import Testing

@Suite struct NetworkTests {
    @Test func `the nine networks have Go's names`() {
        let names = "tcp tcp4 tcp6 udp udp4 udp6 unix unixgram unixpacket"
        #expect(Network.nine.map(\.description).joined(separator: " ") == names)
        #expect(Network.allCases.map(\.description).joined(separator: " ") == "\(names) vsock")
    }

    @Test(arguments: Network.allCases)
    func `a network is exactly one of TCP, UDP, Unix and vsock`(network: Network) {
        #expect([network.isTCP, network.isUDP, network.isUnix, network == .vsock].count { $0 } == 1)
        #expect(network.isUDP == (network.kind == .datagram && !network.isUnix))
    }

    @Test(arguments: Network.allCases)
    func `a number at the end of its name is a network's family`(network: Network) {
        let family: IPAddress.Family? =
            switch network.rawValue.last {
            case "4": .v4
            case "6": .v6
            default: nil
            }
        #expect(network.family == family)
    }

    @Test(
        arguments: zip(
            Network.allCases,
            [.stream, .stream, .stream, .datagram, .datagram, .datagram, .stream, .datagram, .sequenced, .stream]
                as [Network.Kind]
        ))
    func `each network carries what its name says`(network: Network, kind: Network.Kind) {
        #expect(network.kind == kind)
    }
}
