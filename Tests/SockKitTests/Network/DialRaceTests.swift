@testable import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct DialRaceTests {
    private static let shares: [(left: Int, addresses: Int, share: Int)] = [
        (9_000, 3, 3_000), (6_000, 2, 3_000), (3_000, 1, 3_000), (3_000, 3, 2_000), (1_000, 2, 1_000),
        (4_000, 2, 2_000),
        (3_999, 2, 2_000), (2_000, 5, 2_000), (1_999, 5, 1_999), (100_000, 4, 25_000), (0, 1, 0),
    ]

    @Test(arguments: shares)
    func `each address gets its share of what is left, but no less than two seconds while there are two`(
        left: Int, addresses: Int, share: Int
    ) {
        let now = Deadline.now
        let partial = DialRace.partialDeadline(
            now: now, deadline: now + .milliseconds(left), addressesLeft: addresses)
        #expect(partial - now == .milliseconds(share))
    }

    @Test func `the other family gets its turn after a head start of 300 ms`() async throws {
        try await onLoop {
            let scene = try await SilentAndGood()
            let log = EventLog()
            let time = try await elapsed {
                let client = try await scene.dialer(log).dial(.tcp, "name:\(scene.port)")
                #expect(client.remoteEndpoint == .ip(.v4Loopback, port: scene.port))
                client.close()
            }
            #expect(time >= .milliseconds(300) && time < patience)
            #expect(
                log.entries.prefix(4) == [
                    "resolved name: ::1 127.0.0.1", "1 [::1]:\(scene.port)", "2 127.0.0.1:\(scene.port)", "connected 2",
                ])
            scene.close()
        }
    }

    @Test func `the other family starts at once where the first refuses`() async throws {
        try await onLoop {
            try await untilPortsAreFree {
                let listener = try await listen()
                defer { listener.close() }
                let port = try #require(listener.endpoint.port)
                let refusing = try RefusingPort(.v6Loopback, port: port)
                var dialer = dialer(to: [.v6Loopback, .v4Loopback])
                dialer.fallbackDelay = patience * 2
                let time = try await elapsed {
                    let client = try await dialer.dial(.tcp, "name:\(port)")
                    #expect(client.remoteEndpoint == listener.endpoint)
                    client.close()
                }
                #expect(time < patience && refusing.endpoint.port == port)
            }
        }
    }

    @Test func `a longer or shorter head start is kept, and a negative one means one after the other`() async throws {
        try await onLoop {
            let scene = try await SilentAndGood()
            for delay in [Duration.milliseconds(20), .milliseconds(120)] {
                var dialer = scene.dialer()
                dialer.fallbackDelay = delay
                let time = try await elapsed { try await dialer.dial(.tcp, "name:\(scene.port)").close() }
                #expect(time >= delay && time < patience)
            }
            var dialer = scene.dialer()
            dialer.fallbackDelay = .seconds(-1)
            dialer.timeout = .milliseconds(200)
            let error = try await failure { _ = try await dialer.dial(.tcp, "name:\(scene.port)") }
            #expect(error.description == "dial tcp [::1]:\(scene.port): i/o timeout")
            scene.close()
        }
    }

    @Test func `if nobody answers, the error is the first address's`() async throws {
        try await onLoop {
            try await untilPortsAreFree {
                let port = try RefusingPort()
                let number = try #require(port.endpoint.port)
                let other = try RefusingPort(.v6Loopback, port: number)
                let addresses = [IPAddress.v4Loopback, IPAddress(v4: 127, 0, 0, 81), .v6Loopback]
                let error = try await failure { _ = try await dialer(to: addresses).dial(.tcp, "name:\(number)") }
                #expect(error.description == "dial tcp \(port.endpoint): connect: connection refused")
                #expect(other.endpoint.port == number)
            }
        }
    }

    @Test func `addresses of one family are tried in turn until one answers`() async throws {
        try await onLoop {
            let listener = try await listen()
            let port = try #require(listener.endpoint.port)
            let log = EventLog()
            let others = [IPAddress(v4: 127, 0, 0, 82), IPAddress(v4: 127, 0, 0, 83)]
            let client = try await dialer(to: others + [.v4Loopback], log).dial(.tcp, "name:\(port)")
            #expect(client.remoteEndpoint == listener.endpoint)
            #expect(
                log.entries == [
                    "resolved name: 127.0.0.82 127.0.0.83 127.0.0.1", "1 127.0.0.82:\(port)", "failed 1 ECONNREFUSED",
                    "2 127.0.0.83:\(port)", "failed 2 ECONNREFUSED", "3 127.0.0.1:\(port)", "connected 3",
                ])
            client.close()
            listener.close()
        }
    }

    @Test func `time that the first address uses up is lost to the next, which is then not tried`() async throws {
        try await onLoop {
            let scene = try await SilentAndGood("127.0.0.2")
            let log = EventLog()
            var dialer = scene.dialer(log)
            dialer.timeout = .milliseconds(150)
            let error = try await failure { _ = try await dialer.dial(.tcp, "name:\(scene.port)") }
            #expect(error.description == "dial tcp 127.0.0.2:\(scene.port): i/o timeout")
            #expect(log.entries.filter { $0.contains("127.0.0.1:") }.isEmpty)
            scene.close()
        }
    }

    @Test func `cancelling the dial cancels both families`() async throws {
        try await onLoop {
            let scene = try await SilentAndGood()
            var dialer = scene.dialer()
            dialer.fallbackDelay = .seconds(5)
            let dial = Netpoller.spawn { [dialer] in _ = try await dialer.dial(.tcp, "name:\(scene.port)") }
            await letOthersRun()
            let time = try await elapsed {
                dial.cancel()
                let error = try await failure { try await dial.value }
                #expect(error.cause == .cancelled)
            }
            #expect(time < patience)
            scene.close()
        }
    }
}

/// A dialer for which `name` has these addresses.
@Netpoller
private func dialer(to addresses: [IPAddress], _ log: EventLog? = nil) -> Dialer {
    var dialer = Dialer(timeout: patience, resolver: Resolver(overrides: ["name": addresses]))
    if let log { dialer.onEvent = { log.add($0) } }
    return dialer
}

/// One port on two addresses: nobody answers on the first, on 127.0.0.1 somebody does.
@Netpoller
private final class SilentAndGood {
    let port: UInt16
    private let silentAddress: IPAddress
    private let hole: BlackHole
    private let good: Listener

    init(_ silent: String = "[::1]") async throws {
        (good, hole) = try await untilPortsAreFree {
            let listener = try await listen()
            return (listener, try await BlackHole(silent, port: listener.endpoint.port ?? 0))
        }
        port = good.endpoint.port ?? 0
        silentAddress = hole.endpoint.address ?? .v6Loopback
    }

    func dialer(_ log: EventLog? = nil) -> Dialer {
        SockKitTests.dialer(to: [silentAddress, .v4Loopback], log)
    }

    func close() {
        hole.close()
        good.close()
    }
}

/// What a dial told, as text.
@Netpoller
private final class EventLog {
    var entries: [String] = []

    func add(_ event: DialEvent) {
        let text =
            switch event {
            case .resolved(let host, let addresses, _):
                "resolved \(host): \(addresses.map(\.description).joined(separator: " "))"
            case .connecting(let endpoint, let attempt): "\(attempt) \(endpoint)"
            case .attemptFailed(let error, let attempt): "failed \(attempt) \(error.code)"
            case .connected(_, let attempt, _): "connected \(attempt)"
            case .proxied(let proxy, let target, _): "proxied \(proxy) \(target)"
            }
        entries.append(text)
    }
}
