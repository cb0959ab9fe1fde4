import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct DatagramRelayTests {
    @Test func `others have their turn however many datagrams are there that are not taken`() async throws {
        try await onLoop {
            let socket = try await receiver(.udp)
            let client = try await Dialer(timeout: patience).dial(.udp, socket.localEndpoint.description)
            let count = 150
            for _ in 0..<count { try await client.write([1]) }
            let relay = DatagramRelay(.open(socket, everyone: false), input: nil, output: nil)
            var asked = 0
            relay.takes = { _ in
                asked += 1
                return false
            }
            let running = Netpoller.spawn { await relay.run() }
            var turns = 0
            while asked < count {
                let before = asked
                // Jobs have their turns one after the other; a sleep may miss some.
                await Task.yield()
                #expect(asked - before < 100)
                turns += 1
                try #require(turns < 1_000_000)
            }
            running.cancel()
            _ = await running.value
            client.close()
            socket.close()
        }
    }
}
