import SockKit
import Testing

@testable import sockctl

@Suite(.timeLimit(.minutes(1))) struct ReachTests {
    @Test(arguments: [
        (Network.tcp, "127.0.0.1:0", " (this machine only)"), (.tcp, "[::1]:0", " (this machine only)"),
        (.tcp, ":0", " (every interface, both families)"), (.tcp4, ":0", " (every interface, IPv4 only)"),
        (.tcp6, ":0", " (every interface, IPv6 only)"), (.tcp, "0.0.0.0:0", " (every interface, IPv4 only)"),
        (.unix, freshAddress(.unix), ""),
    ])
    func `the line that says where it listens says for whom`(network: Network, address: String, note: String)
        async throws
    {
        try await Netpoller.spawn {
            let listener = try await ListenConfiguration().listen(network, address)
            let event = sockctl::Event.listening(listener)
            let name = network.isUnix ? "unix:\(listener.endpoint)" : "\(listener.endpoint)"
            #expect(event.text(on: Terminal(2, isTerminal: false, color: .never)) == "listening on \(name)\(note)")
            #expect(event.fields.map(\.name) == ["network", "local", "backlog"])
        }.value
    }

    @Test func `datagrams too`() async throws {
        try await Netpoller.spawn {
            let socket = try await ListenConfiguration().listenDatagram(.udp, ":0")
            #expect(socket.reach == .everyInterfaceBothFamilies)
            #expect(sockctl::Event.listening(socket).fields.map(\.name) == ["network", "local"])
        }.value
    }
}
