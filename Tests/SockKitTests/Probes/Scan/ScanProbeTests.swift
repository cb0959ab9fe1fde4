import Testing

@testable import SockKit

@Suite(.timeLimit(.minutes(5))) struct ScanProbeTests {
    @Netpoller
    private final class Log {
        var findings: [ScanFinding] = []
    }

    @Netpoller
    private func scan(
        _ network: Network = .tcp, _ places: [Endpoint], _ change: (inout ScanProbe) -> Void = { _ in }
    ) async throws -> (result: ScanResult, findings: [ScanFinding]) {
        var targets = ScanTargets()
        for place in places {
            switch place {
            case .ip(let address, let port): targets.groups.append(.init(hosts: [ScanBlock(address)], ports: [port]))
            case .unix(let name): targets.unix.append(name)
            case .vsock: Issue.record("vsock is not scanned")
            }
        }
        let log = Log()
        var probe = ScanProbe(network: network, targets: targets)
        probe.timeout = patience
        probe.onEvent = { log.findings.append($0) }
        change(&probe)
        let result = try await probe.run()
        #expect(result.targets == places.count)
        #expect(result.scanned == log.findings.count)
        return (result, log.findings)
    }

    @Test(arguments: Tool.hasIPv6 ? [Network.tcp4, .tcp6] : [.tcp4])
    func `who listens is open, who does not is refused, in the order of the places`(network: Network) async throws {
        try await onLoop {
            let listener = try await listen(network)
            defer { listener.close() }
            let refusing = try RefusingPort(network == .tcp4 ? .v4Loopback : .v6Loopback)
            let (result, findings) = try await scan(
                network, [refusing.endpoint, listener.endpoint, refusing.endpoint])
            #expect(findings.map(\.state) == [.refused, .open, .refused])
            #expect(findings[1].remote == listener.endpoint)
            #expect(findings.allSatisfy { $0.duration > .zero && $0.reason == nil && $0.banner == nil })
            #expect((result.open, result.refused, result.filtered, result.silent) == (1, 2, 0, 0))
            #expect(result.failure == nil && result.shortages.isEmpty)
        }
    }

    @Test func `a place that does not answer is filtered once its time is over, and not before`() async throws {
        try await onLoop {
            let hole = try await BlackHole()
            defer { hole.close() }
            let (result, findings) = try await scan(.tcp, [hole.endpoint, hole.endpoint]) {
                ($0.timeout, $0.parallel) = (.milliseconds(80), 1)
            }
            #expect(findings.map(\.state) == [.filtered, .filtered])
            #expect(findings.allSatisfy { $0.duration >= .milliseconds(80) && $0.reason == nil })
            // One at a time: the second begins when the first is given up.
            #expect(result.elapsed >= .milliseconds(160))
        }
    }

    @Test func `those that wait wait side by side`() async throws {
        try await onLoop {
            let hole = try await BlackHole()
            defer { hole.close() }
            let places = [Endpoint](repeating: hole.endpoint, count: 50)
            let (result, _) = try await scan(.tcp, places) { $0.timeout = .milliseconds(500) }
            #expect(result.filtered == 50)
            #expect(result.elapsed >= .milliseconds(500) && result.elapsed < patience)
        }
    }

    @Test func `the first line that comes by itself is the banner`() async throws {
        try await onLoop {
            let (talker, mute) = (try await listen(), try await listen())
            defer {
                talker.close()
                mute.close()
            }
            let host = Netpoller.spawn {
                let peer = try await talker.accept()
                try await peer.write("220 hel")
                try await peer.write("lo\r\nmore\r\n")
                return peer
            }
            let (_, findings) = try await scan(.tcp, [talker.endpoint, mute.endpoint]) {
                $0.banner = .milliseconds(300)
            }
            try await host.value.close()
            #expect(findings.count == 2 && findings.allSatisfy { $0.state == .open })
            let banners = findings.map { $0.banner.map { String(decoding: $0, as: UTF8.self) } }
            #expect(Set(banners) == ["220 hello", nil])
        }
    }

    @Test func `the server sees a client that came and went, or with resets one that broke off`() async throws {
        try await onLoop {
            for resets in [false, true] {
                let listener = try await listen()
                defer { listener.close() }
                _ = try await scan(.tcp, [listener.endpoint]) { $0.resets = resets }
                let peer = try await listener.accept()
                defer { peer.close() }
                peer.setDeadline(.now + patience)
                if resets {
                    await #expect(throws: NetworkError.self) { try await peer.read(upTo: 1) }
                } else {
                    #expect(try await peer.read(upTo: 1) == [])
                }
            }
        }
    }

    @Test func `a datagram that is answered is open, one that is refused is so, and silence is neither`() async throws {
        try await onLoop {
            let echo = try await ListenConfiguration().listenDatagram(.udp4, "127.0.0.1:0")
            let silent = try await ListenConfiguration().listenDatagram(.udp4, "127.0.0.1:0")
            defer {
                echo.close()
                silent.close()
            }
            Netpoller.spawn {
                var buffer = [UInt8](repeating: 0, count: 64)
                var room = buffer.mutableSpan
                let datagram = try await echo.receive(into: &room)
                try await echo.send([UInt8]("hi\nthere".utf8).span, to: datagram.source)
            }
            let closed = Endpoint.ip(.v4Loopback, port: UInt16(try unboundPort()))
            let (result, findings) = try await scan(.udp4, [silent.localEndpoint, echo.localEndpoint, closed]) {
                ($0.timeout, $0.banner) = (.milliseconds(400), .seconds(1))
            }
            let states = Dictionary(uniqueKeysWithValues: findings.map { ($0.remote, $0.state) })
            #expect(states == [silent.localEndpoint: .silent, echo.localEndpoint: .open, closed: .refused])
            #expect((result.open, result.refused, result.filtered, result.silent) == (1, 1, 0, 1))
            #expect(findings.compactMap(\.banner) == [Array("hi".utf8)])
            // A datagram may be lost: it is sent twice.
            silent.readDeadline = .now + patience
            var buffer = [UInt8](repeating: 0, count: 64)
            for _ in 1...2 {
                var room = buffer.mutableSpan
                #expect(try await silent.receive(into: &room).length == 0)
            }
        }
    }

    @Test func `a Unix name that nobody has is refused, and why is said`() async throws {
        try await onLoop {
            let listener = try await listen(.unix)
            defer { listener.close() }
            let nobody = Endpoint.unix(.path("/nonexistent/socket"))
            let (_, findings) = try await scan(.unix, [listener.endpoint, nobody])
            #expect(findings.map(\.state) == [.open, .refused])
            #expect(findings.map(\.reason) == [nil, .noSuchFile])
        }
    }

    @Test func `a Unix listener whose queue is full is waited for, as long as there is time`() async throws {
        try await onLoop {
            let listener = try await listen(.unix, backlog: 0)
            defer { listener.close() }
            // A queue of n has room for n and one more.
            let filler = try await Dialer(timeout: patience).dial(.unix, listener.endpoint.description)
            defer { filler.close() }
            let (_, findings) = try await scan(.unix, [listener.endpoint]) { $0.timeout = .milliseconds(60) }
            #expect(findings.map(\.state) == [.filtered])
            #expect(findings.map(\.reason) == [.wouldBlock])
            // It is tried every few milliseconds, and the last try is the one that has time for no other.
            #expect(findings[0].duration >= .milliseconds(50))
            let endpoint = listener.endpoint
            let waiting = Netpoller.spawn { [self] in try await scan(.unix, [endpoint]) }
            let accepted = try await listener.accept()
            defer { accepted.close() }
            #expect(try await waiting.value.findings.map(\.state) == [.open])
        }
    }

    @Test func `who waits for a Unix listener's queue keeps nobody else waiting`() async throws {
        try await onLoop {
            let full = try await listen(.unix, backlog: 0)
            let filler = try await Dialer(timeout: patience).dial(.unix, full.endpoint.description)
            let others = [try await listen(.unix), try await listen(.unix)]
            let known = Promise<Void>()
            let places = [full.endpoint] + others.map(\.endpoint)
            let scanning = Netpoller.spawn { [self] in
                try await scan(.unix, places) {
                    ($0.timeout, $0.parallel) = (nil, 1)
                    let log = $0.onEvent
                    $0.onEvent = {
                        log?($0)
                        if $0.remote == places[2] { known.fulfil(()) }
                    }
                }
            }
            #expect(await known.wait(until: .now + patience).value != nil)
            try await full.accept().close()
            let (_, findings) = try await scanning.value
            #expect(findings.map(\.remote) == [places[1], places[2], places[0]])
            #expect(findings.allSatisfy { $0.state == .open })
            filler.close()
            for listener in [full] + others { listener.close() }
        }
    }

    @Test func `full queues are waited for side by side, each as long as there is time`() async throws {
        try await onLoop {
            let full = try await listen(.unix, backlog: 0)
            let filler = try await Dialer(timeout: patience).dial(.unix, full.endpoint.description)
            let places = [Endpoint](repeating: full.endpoint, count: 40)
            let (result, findings) = try await scan(.unix, places) { $0.timeout = .seconds(1) }
            #expect(findings.allSatisfy { $0.state == .filtered && $0.reason == .wouldBlock })
            #expect(result.elapsed >= .milliseconds(900) && result.elapsed < patience)
            filler.close()
            full.close()
        }
    }

    @Test func `a source that is no address in particular serves both families`() async throws {
        try await onLoop {
            let networks: [Network] = Tool.hasIPv6 ? [.tcp4, .tcp6] : [.tcp4]
            for network in networks {
                let listener = try await listen(network)
                for source in [IPAddress.v4Any, .v6Any] {
                    let (_, findings) = try await scan(.tcp, [listener.endpoint]) { $0.source = source }
                    #expect(findings.map(\.state) == [.open])
                }
                listener.close()
            }
        }
    }

    @Test func `a scan that is cancelled tells what it knows`() async throws {
        try await onLoop {
            let hole = try await BlackHole()
            let refusing = try RefusingPort()
            let places = [refusing.endpoint, hole.endpoint]
            let known = Promise<Void>()
            let task = Netpoller.spawn { [self] in
                try await scan(.tcp, places) {
                    $0.timeout = nil
                    let log = $0.onEvent
                    $0.onEvent = {
                        log?($0); known.fulfil(())
                    }
                }
            }
            _ = await known.wait(until: .now + patience)
            task.cancel()
            let result = try await task.value.result
            #expect((result.targets, result.scanned, result.refused) == (2, 1, 1))
            hole.close()
        }
    }
}
