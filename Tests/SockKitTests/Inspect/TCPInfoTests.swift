import Glibc
import SockKit
import Testing

@testable import sockctl

@Suite(.timeLimit(.minutes(5))) struct TCPInfoTests {
    @Test func `a connection tells its state, its segments and its round trip`() async throws {
        try await Netpoller.spawn {
            let pair = try await LoopbackPair()
            try await pair.near.write("hello")
            let chunk = try await pair.far.readChunk()
            let info = try #require(pair.near.tcpInfo)
            #expect(info.state.description == "ESTAB")
            #expect(info.roundTrip > .zero && info.roundTrip < .seconds(1))
            #expect(info.retransmits == 0)
            #expect(info.segmentsSent ?? 0 >= 2)
            #expect(info.sendMSS > 500)
            #expect(info.congestionWindow > 0)
            #expect(pair.far.tcpInfo?.bytesReceived == chunk.count)
            let closed = ClosedEvent(
                ends: Ends(pair.near, number: 1), by: .local, duration: .zero, received: 0, sent: 5, tcp: info)
            let tcp = try JSONValue(parsing: sockctl::JSONValue.object(closed.members).text)["tcp"]
            #expect(tcp?["state"]?.string == "ESTAB")
            #expect(tcp?["round_trip"]?.number.map { $0 > 0 } == true)
        }.value
    }

    @Test func `the state follows the ends`() async throws {
        try await Netpoller.spawn {
            let pair = try await LoopbackPair()
            try pair.near.closeWrite()
            #expect(try await pair.far.readChunk().isEmpty)
            #expect(pair.far.tcpInfo?.state == .closeWait)
            // The peer's kernel may hold back the acknowledgement for a while.
            #expect(try await settled { pair.near.tcpInfo?.state == .finWait2 })
            pair.near.close()
            #expect(pair.near.tcpInfo == nil)
        }.value
    }

    @Test func `a queue that nobody takes from is as long as there were dials`() async throws {
        try await Netpoller.spawn {
            let listener = try await ListenConfiguration(backlog: 7).listen(.tcp, "127.0.0.1:0")
            #expect(try #require(listener.acceptQueue) == (0, 7))
            var dialled: [Connection] = []
            for number in 1...5 {
                dialled.append(try await Dialer().dial(.tcp, listener.endpoint.description))
                #expect(try #require(listener.acceptQueue) == (number, 7))
            }
            _ = try await listener.accept()
            #expect(listener.acceptQueue?.length == 4)
            for connection in dialled { connection.close() }
            listener.close()
            #expect(listener.acceptQueue == nil)
        }.value
    }

    @Test func `a Unix socket has none of it`() async throws {
        try await Netpoller.spawn {
            let pair = try await LoopbackPair(.unix, "@sockctl-inspect-tcp-\(getpid())")
            #expect(pair.near.tcpInfo == nil)
            #expect(pair.listener.acceptQueue == nil)
        }.value
    }
}
