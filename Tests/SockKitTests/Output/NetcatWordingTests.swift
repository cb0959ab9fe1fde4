import Testing

@testable import SockKit

@testable import sockctl

@Suite struct NetcatWordingTests {
    private let terminal = Terminal(1, color: .never)

    private func wording(
        host: String? = nil, numeric: Bool = false, verbose: Bool = true, talkative: Bool = false
    ) -> NetcatWording {
        NetcatWording(host: host, port: "80", isNumeric: numeric, isVerbose: verbose, isTalkative: talkative)
    }

    private func listening(_ network: SockKit.Network, _ endpoint: Endpoint) -> ListeningEvent {
        ListeningEvent(ends: Ends(network, local: endpoint), backlog: 1, note: nil)
    }

    private func connected(_ remote: String, _ network: SockKit.Network = .tcp) -> ConnectedEvent {
        ConnectedEvent(ends: Ends(network, remote: Endpoint(remote)), attempt: 1, resolve: nil, connect: .zero)
    }

    @Test func `who listens is told as nc tells it`() {
        let nc = wording(numeric: true)
        #expect(nc.text(of: listening(.tcp, Endpoint("0.0.0.0:3000")!), on: terminal) == "Listening on 0.0.0.0 3000")
        #expect(nc.text(of: listening(.tcp, Endpoint("[::1]:3000")!), on: terminal) == "Listening on ::1 3000")
        #expect(nc.text(of: listening(.udp, Endpoint("0.0.0.0:3000")!), on: terminal) == "Bound on 0.0.0.0 3000")
        #expect(
            nc.text(of: listening(.unix, .unix(.path("/tmp/x"))), on: terminal)
                == "Bound on /tmp/x\nListening on /tmp/x")
        let accepted = AcceptedEvent(ends: Ends(.tcp, remote: Endpoint("127.0.0.1:40112"), connection: 1))
        #expect(nc.text(of: accepted, on: terminal) == "Connection received on 127.0.0.1 40112")
        let unnamed = AcceptedEvent(ends: Ends(.unix, local: .unix(.path("/tmp/x")), remote: .unix(.unnamed)))
        #expect(nc.text(of: unnamed, on: terminal) == "Connection received on /tmp/x")
    }

    @Test func `who connects is told as nc tells it`() {
        #expect(
            wording(host: "127.0.0.1", numeric: true).text(of: connected("127.0.0.1:3000"), on: terminal)
                == "Connection to 127.0.0.1 3000 port [tcp/*] succeeded!")
        #expect(
            wording(host: "localhost").text(of: connected("127.0.0.1:3999", .udp), on: terminal)
                == "Connection to localhost (127.0.0.1) 3999 port [udp/*] succeeded!")
    }

    @Test func `a failure is told as nc tells it`() {
        let refused = NetworkError(
            .dial, network: .tcp, remote: Endpoint("127.0.0.1:2"), cause: .system(.connectionRefused, call: "connect"))
        #expect(
            wording(host: "localhost").text(of: FailedEvent(Failure(refused)), on: terminal)
                == "nc: connect to localhost (127.0.0.1) port 2 (tcp) failed: Connection refused")
        let late = NetworkError(.dial, network: .tcp, remote: Endpoint("127.0.0.1:2"), cause: .timeout)
        #expect(
            wording(host: "127.0.0.1").text(of: FailedEvent(Failure(late)), on: terminal)
                == "nc: connect to 127.0.0.1 port 2 (tcp) timed out: Operation now in progress")
        let unknown = NetworkError(.dial, network: .tcp, cause: .noSuchHost("a.invalid"))
        #expect(
            wording(host: "a.invalid").text(of: FailedEvent(Failure(unknown)), on: terminal)
                == #"nc: getaddrinfo for host "a.invalid" port 80: Name or service not known"#)
        // The host that was asked for is not the one that is unknown.
        let proxy = NetworkError(.dial, network: .tcp, cause: .noSuchHost("p.invalid")).on("proxy p.invalid:1")
        #expect(
            wording(host: "127.0.0.1").text(of: FailedEvent(Failure(proxy)), on: terminal)
                == FailedEvent(Failure(proxy)).text(on: terminal))
    }

    @Test(arguments: [
        ("refused", nil, "nc: connect to 127.0.0.1 port 22 (tcp) failed: Connection refused"),
        ("filtered", nil, "nc: connect to 127.0.0.1 port 22 (tcp) timed out: Operation now in progress"),
        ("filtered", Errno.hostUnreachable, "nc: connect to 127.0.0.1 port 22 (tcp) failed: No route to host"),
        ("filtered", .networkUnreachable, "nc: connect to 127.0.0.1 port 22 (tcp) failed: Network is unreachable"),
        ("open|silent", nil, "nc: connect to 127.0.0.1 port 22 (udp) timed out: No answer"),
        ("open", nil, "Connection to 127.0.0.1 22 port [tcp/*] succeeded!"),
    ])
    func `a scan's line says what happened`(state: String, reason: Errno?, wanted: String) throws {
        let state = try #require(ScanFinding.State(rawValue: state))
        let finding = ScanFinding(
            remote: try #require(Endpoint("127.0.0.1:22")), state: state, duration: .zero, reason: reason)
        let event = ScannedEvent(network: state == .silent ? .udp : .tcp, finding: finding)
        #expect(wording(host: "127.0.0.1", numeric: true).text(of: event, on: terminal) == wanted)
        #expect(wording(host: "127.0.0.1", verbose: false).text(of: event, on: terminal) == nil)
    }

    @Test func `without -v only errors are told, in this program's words`() {
        let quiet = wording(host: "127.0.0.1", verbose: false)
        #expect(quiet.text(of: listening(.tcp, Endpoint("0.0.0.0:3000")!), on: terminal) == nil)
        let failed = FailedEvent(Failure(EventSamples.refused))
        #expect(quiet.text(of: failed, on: terminal) == failed.text(on: terminal))
    }

    @Test func `what nc does not tell needs a second -v`() {
        #expect(wording().text(of: EventSamples.closing, on: terminal) == nil)
        #expect(wording(talkative: true).text(of: EventSamples.closing, on: terminal) != nil)
    }

    @Test func `only the first datagram is a connection`() {
        let nc = wording(numeric: true)
        #expect(nc.text(of: EventSamples.datagram, on: terminal) == "Connection received on 127.0.0.1 40112")
        #expect(nc.text(of: EventSamples.datagram, on: terminal) == nil)
    }

    @Test func `a name is the first that the hosts file has for the address`() {
        let text = "# 127.0.0.1 no\n127.0.0.1\tlocalhost me # her\n::1 ip6-localhost\n127.0.0.1 other\n"
        #expect(HostsFile.name(of: .v4Loopback, in: text) == "localhost")
        #expect(HostsFile.name(of: IPAddress("::1")!, in: text) == "ip6-localhost")
        #expect(HostsFile.name(of: IPAddress("10.0.0.1")!, in: text) == nil)
    }
}
