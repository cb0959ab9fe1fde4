import Glibc
import SockKit
import Testing

@testable import sockctl

@Suite(.timeLimit(.minutes(5))) struct SocketFactsTests {
    @Test func `TCP tells what was asked of it, and the buffers as the kernel made them`() async throws {
        try await Netpoller.spawn {
            var options = SocketOptions()
            options.sendBuffer = 50_000
            options.timeToLive = 9
            options.userTimeout = .seconds(3)
            options.linger = .zero
            options.keepAlive = SockKit.KeepAlive(idle: .seconds(60), interval: .seconds(5), count: 3)
            let listener = try await ListenConfiguration().listen(.tcp, "127.0.0.1:0")
            let connection = try await Dialer(options: options).dial(.tcp, listener.endpoint.description)
            let facts = try facts(connection.socketFacts)
            #expect(facts["domain"] == "AF_INET")
            #expect(facts["type"] == "SOCK_STREAM")
            #expect(facts["protocol"] == "IPPROTO_TCP")
            // socket(7): the kernel doubles what is asked for.
            #expect(facts["send buffer"] == "100000")
            #expect(connection.bufferSizes?.send == 100_000)
            #expect(facts["ttl"] == "9")
            #expect(facts["tos"] == "0x0")
            #expect(facts["nodelay"] == "on")
            #expect(facts["user timeout"] == "3000 ms")
            #expect(facts["linger"] == "reset")
            #expect(facts["keepalive"] == "on")
            #expect(facts["keepalive idle"] == "60")
            #expect(facts["keepalive interval"] == "5")
            #expect(facts["keepalive count"] == "3")
            #expect(facts["mss"].flatMap(Int.init) ?? 0 > 500)
            let event = SocketOptionsEvent(
                ends: Ends(connection, number: 1), facts: try #require(connection.socketFacts))
            #expect(event.members.map(\.name) == ["connection", "network", "local", "remote", "options"])
            #expect(event.text(on: Terminal(2, isTerminal: false, color: .never)).hasPrefix("socket: domain AF_INET, "))
            connection.close()
            #expect(connection.socketFacts == nil)
        }.value
    }

    @Test func `what a kind of socket does not have is left out`() async throws {
        try await Netpoller.spawn {
            let pair = try await LoopbackPair(.unixpacket, "@sockctl-inspect-facts-\(getpid())")
            let unix = try facts(pair.near.socketFacts)
            #expect(unix["type"] == "SOCK_SEQPACKET")
            #expect(unix["linger"] == "off")
            #expect(Set(unix.keys).isDisjoint(with: ["ttl", "tos", "nodelay", "mss"]))
            let udp = try facts(try await ListenConfiguration().listenDatagram(.udp, "127.0.0.1:0").socketFacts)
            #expect(udp["protocol"] == "IPPROTO_UDP")
            #expect(udp["ttl"] == "64")
            #expect(udp["nodelay"] == nil)
        }.value
    }

    private func facts(_ facts: SocketFacts?) throws -> [String: String] {
        Dictionary(uniqueKeysWithValues: try #require(facts).pairs.map { ($0.name, $0.value) })
    }
}
