import Testing

@testable import SockKit

@Suite struct ListeningQueueTests {
    @Test(arguments: [(Network.tcp4, "127.0.0.1:0"), (.tcp6, "[::1]:0"), (.tcp, ":0")])
    func `the queue of any listener of this machine is read by its address`(
        network: Network, address: String
    ) async throws {
        try await onLoop { () async throws in
            let listener = try await ListenConfiguration(backlog: 7).listen(network, address)
            defer { listener.close() }
            let port = try #require(listener.endpoint.port)
            let host: IPAddress = network == .tcp6 ? .v6Loopback : .v4Loopback
            let remote = Endpoint.ip(host, port: port)
            #expect(ListeningQueue.find(remote, network) == ListeningQueue(length: 0, limit: 7))
            let clients = [
                try await Dialer().dial(network, remote.description),
                try await Dialer().dial(network, remote.description),
            ]
            #expect(ListeningQueue.find(remote, network)?.length == 2)
            for client in clients { client.close() }
        }
    }

    @Test(arguments: [Network.unix, .unixpacket])
    func `so is that of a Unix listener by its name, of its own type only`(network: Network) async throws {
        try await onLoop { () async throws in
            let listener = try await ListenConfiguration(backlog: 3).listen(
                network, at: Destination(place: .unix(.unnamed)))
            defer { listener.close() }
            let client = try await Dialer().dial(network, "\(listener.endpoint)")
            #expect(ListeningQueue.find(listener.endpoint, network) == ListeningQueue(length: 1, limit: 3))
            #expect(ListeningQueue.find(listener.endpoint, network == .unix ? .unixpacket : .unix) == nil)
            client.close()
        }
    }

    @Test func `where nobody listens there is no queue`() async throws {
        try await onLoop { () async throws in
            let listener = try await ListenConfiguration().listen(.tcp, "127.0.0.1:0")
            let endpoint = listener.endpoint
            listener.close()
            #expect(ListeningQueue.find(endpoint, .tcp) == nil)
        }
        #expect(ListeningQueue.find(.unix(.abstract("nobody is here")), .unix) == nil)
    }

    @Test func `an address that is not this machine's has no queue here`() throws {
        #expect(!ListeningQueue.isLocal(try #require(IPAddress("192.0.2.1"))))
        #expect(ListeningQueue.isLocal(try #require(IPAddress("127.9.9.9"))))
    }

    @Test func `the file tells the length where netlink may not`() {
        let text = """
              sl  local_address rem_address   st tx_queue:rx_queue tr tm->when retrnsmt   uid
               0: 0100007F:0BB8 00000000:0000 0A 00000000:00000081 00:00000000 00000000     0
               1: 0100007F:0BB9 00000000:0000 0A 00000000:00000002 00:00000000 00000000     0
               2: 0100007F:0BB8 0100007F:9C40 01 00000000:00000005 00:00000000 00000000     0
            """
        let rows = ProcNetTCP.rows(of: text)
        #expect(rows.map(\.received) == [129, 2, 5])
        #expect(rows.map { $0.isListening(on: 3000) } == [true, false, false])
        #expect(rows.map { $0.isListening(on: 3001) } == [false, true, false])
    }

    @Test(arguments: [Network.tcp4, .tcp6])
    func `the file tells what a connection's peer has not read`(network: Network) async throws {
        if network == .tcp6, !Tool.hasIPv6 { return }
        try await onLoop {
            let pair = try await loopback(network)
            try await pair.client.write("12345")
            try await pair.server.waitUntilReceived(5)
            let ends = [pair.server.localEndpoint, pair.server.remoteEndpoint].map { end in
                (end.address ?? .v4Any, end.port ?? 0)
            }
            #expect(ProcNetTCP.received(near: ends[0], far: ends[1]) == 5)
            #expect(ProcNetTCP.received(near: ends[1], far: ends[0]) == 0)
            pair.close()
        }
    }
}
