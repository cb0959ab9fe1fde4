import Testing

@testable import SockKit

@Suite struct DestinationDialerTests {
    private static let refused = IPAddress(v4: 127, 0, 0, 9)

    @Netpoller
    private func dialer(_ overrides: [String: [IPAddress]] = [:]) -> DestinationDialer {
        DestinationDialer(Dialer(timeout: patience, resolver: Resolver(overrides: overrides, literalsOnly: true))) {
            address, port in
            if port == 1 { return "it is port 1" }
            return address == Self.refused ? "it is that one" : nil
        }
    }

    @Netpoller
    private func kind(_ dialer: DestinationDialer, _ host: String, _ port: UInt16) async -> TargetRefusal? {
        let destination =
            IPAddress(host).map { SOCKSDestination($0, port: port) } ?? SOCKSDestination(SOCKSName(host)!, port: port)
        do throws(TargetRefusal) {
            try await dialer.dial(destination).close()
            return nil
        } catch {
            return error
        }
    }

    @Test func `of a name's addresses one that the rules allow is dialled`() async throws {
        try await onLoop {
            let listener = try await listen()
            let port = listener.endpoint.port!
            let dialer = dialer(["both.test": [Self.refused, .v4Loopback], "none.test": [Self.refused]])
            let connection = try await dialer.dial(SOCKSDestination(SOCKSName("both.test")!, port: port))
            #expect(connection.remoteEndpoint == .ip(.v4Loopback, port: port))
            connection.close()
            let none = await kind(dialer, "none.test", port)
            #expect(none?.kind == .denied)
            #expect(none?.description == "destination none.test:\(port) at 127.0.0.9:\(port): it is that one")
            listener.close()
        }
    }

    @Test func `an address is held against the rules whatever form it comes in`() async throws {
        try await onLoop {
            let dialer = dialer()
            #expect(await kind(dialer, "127.0.0.9", 5)?.description == "destination 127.0.0.9:5: it is that one")
            #expect(await kind(dialer, "::ffff:127.0.0.9", 5)?.kind == .denied)
            #expect(await kind(dialer, "127.0.0.1", 1)?.kind == .denied)
            let named = SOCKSDestination(SOCKSName("::ffff:127.0.0.9")!, port: 5)
            await #expect(throws: TargetRefusal.self) { try await dialer.dial(named) }
        }
    }

    @Test func `what fails is told apart`() async throws {
        let refusing = try RefusingPort()
        let port = try #require(refusing.endpoint.port)
        try await onLoop {
            let dialer = dialer()
            #expect(await kind(dialer, "127.0.0.1", port)?.kind == .connectionRefused)
            let kinds: [(NetworkError.Cause, TargetRefusal.Kind)] = [
                (.noSuchHost("a"), .unknownHost), (.noSuitableAddress("a"), .unknownHost), (.timeout, .timedOut),
                (.system(.timedOut, call: "connect"), .timedOut),
                (.system(.networkUnreachable, call: "connect"), .networkUnreachable),
                (.system(.hostUnreachable, call: "connect"), .hostUnreachable),
                (.system(.tooManyOpenFiles, call: "socket"), .failed),
                (.system(.tooManyOpenFiles, call: "getaddrinfo"), .failed),
                (.system(.permissionDenied, call: "connect"), .denied),
            ]
            for (cause, kind) in kinds {
                #expect(TargetRefusal(NetworkError(.dial, network: .tcp, cause: cause)).kind == kind, "\(cause)")
            }
        }
    }

    @Test func `each kind of reason has its code, its status and a word`() {
        let kinds: [(TargetRefusal.Kind, UInt8, HTTPStatus)] = [
            (.denied, 2, 403), (.connectionRefused, 5, 502), (.hostUnreachable, 4, 502), (.networkUnreachable, 3, 502),
            (.unknownHost, 4, 502), (.timedOut, 6, 504), (.unsupported, 7, 501), (.failed, 1, 502),
            (.badAnswer, 1, 502),
        ]
        for (kind, code, status) in kinds {
            #expect(kind.code.rawValue == code && kind.status == status, "\(kind)")
            let refusal = TargetRefusal(kind, "reason")
            #expect(ProxyAnswer.refused(.socks5, refusal).prefix(2) == [5, code])
            #expect(ProxyAnswer.refused(.socks4, refusal).prefix(2) == [0, 91])
            let page = String(decoding: ProxyAnswer.refused(.http, refusal), as: UTF8.self)
            #expect(page.hasPrefix("HTTP/1.1 \(status.code) ") && page.contains("error=\(kind.word)"))
            #expect(page.hasSuffix("\r\n\r\nreason\n") && page.contains("Content-Length: 7\r\n"))
        }
    }
}
