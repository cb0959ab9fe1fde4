import SockKit
import Testing

@testable import sockctl

@Suite(.timeLimit(.minutes(5))) struct ReachTests {
    @Test(arguments: [
        (Network.tcp, "127.0.0.1:0", "this machine only"), (.tcp, "[::1]:0", "this machine only"),
        (.tcp, ":0", "every interface, IPv4 and IPv6"), (.tcp4, ":0", "every interface, IPv4 only"),
        (.tcp6, ":0", "every interface, IPv6 only"), (.tcp, "0.0.0.0:0", "every interface, IPv4 only"),
    ])
    func `a listener says for whom it listens`(network: Network, address: String, note: String)
        async throws
    {
        try await Netpoller.spawn {
            let listener = try await ListenConfiguration().listen(network, address)
            #expect(listener.reach.note == note)
        }.value
    }

    @Test func `datagrams too`() async throws {
        try await Netpoller.spawn {
            let socket = try await ListenConfiguration().listenDatagram(.udp, ":0")
            #expect(socket.reach == .everyInterfaceBothFamilies)
            #expect(ListeningEvent(socket).members.map(\.name) == ["network", "local"])
        }.value
    }
}
