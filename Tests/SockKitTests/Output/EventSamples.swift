@testable import SockKit

@testable import sockctl

/// One event of each kind and more, with all the fields that it can have.
enum EventSamples {
    static let ends = Ends(
        .tcp, local: Endpoint("127.0.0.1:3000"), remote: Endpoint("127.0.0.1:40112"), connection: 1)
    static let certificate = CertificateFacts(
        subject: "CN=localhost, O=Example", issuer: "CN=Example Root, O=Example", names: ["localhost", "127.0.0.1"],
        notBefore: 1_700_000_000, notAfter: 1_800_000_000, daysLeft: 90,
        pin: CertificatePin(String(repeating: "0f", count: 32))!)
    static let tlsReport = TLSReport(
        version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384", group: "x25519", signature: "ECDSA", alpn: "h2",
        serverName: "localhost", isResumed: false, isVerified: true, reason: nil, kernel: "off: this kernel has no TLS",
        duration: .milliseconds(2), chain: [certificate], root: "CN=Example Root, O=Example",
        messages: [
            TLSMessage(isSent: true, name: "ClientHello", bytes: 306, time: .microseconds(200)),
            TLSMessage(isSent: false, name: "ServerHello", bytes: 122, time: .microseconds(700)),
        ], library: "OpenSSL 3.0.17")
    static let doubtful = TLSReport(
        version: "TLSv1.2", cipher: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", group: nil, signature: nil, alpn: nil,
        serverName: "localhost", isResumed: true, isVerified: false, reason: "the certificate is not for localhost",
        kernel: "off: this kernel has no TLS", duration: .milliseconds(1), chain: [], root: nil, messages: [],
        library: "OpenSSL 3.0.17")
    static let refusedTLS: TLSReport = {
        var report = doubtful
        report.isAgreed = false
        return report
    }()
    static let refused = NetworkError(
        .dial, network: .tcp, remote: Endpoint("127.0.0.1:9"),
        cause: .system(.connectionRefused, call: "connect"))
    static let reset = NetworkError(
        .write, network: .tcp, local: ends.local, remote: ends.remote, cause: .system(.connectionReset, call: "write"),
        bytesTransferred: 17)
    static let datagram = DatagramReceivedEvent(
        ends: Ends(.udp, local: ends.local, remote: ends.remote),
        bytes: 17, length: 40, timeToLive: 64, destination: Endpoint("127.0.0.2:53"),
        arrived: Timestamp(since1970: 1_700_000_000_123_456_789))
    static let firstByte = FirstByteEvent(ends: ends, time: .microseconds(50))
    static let closing = ClosedEvent(
        ends: ends, by: .reset, duration: .milliseconds(1030), received: 17, sent: 1_258_291, unread: 5,
        unacknowledged: 12,
        unsent: 3, silence: .milliseconds(400), messages: 2)
    static let disconnection = DisconnectedEvent(
        failure: Failure(reset, connection: 1), by: .reset, silence: .milliseconds(400), sent: 5000, unacknowledged: 12,
        atRisk: 12, perhapsUnread: 7, sinceHeard: 3, kept: 1)
    static let timeout = {
        let error = NetworkError(.read, network: .tcp, local: ends.local, remote: ends.remote, cause: .timeout)
        var failure = Failure(error, connection: 1)
        (failure.waited, failure.unread, failure.unacknowledged, failure.goesOn) = (
            .seconds(1), 5, 0, Failure.GoingOn(number: 1, of: 3)
        )
        return failure
    }()

    static let buffers = WriteBlockBuffers(
        sendAsked: 65536, receiveAsked: 65536, send: 131_072, receive: 131_072)
    static let setup = WriteBlockEvent.Setup(
        network: .tcp, local: Endpoint("127.0.0.1:3000")!, remote: Endpoint("127.0.0.1:40112")!, hasOwnPeer: true,
        chunk: 65536, buffers: buffers)
    static let write = WriteBlockEvent.Write(
        writer: .probe, index: 60, bytes: 17, total: 34, error: reset, duration: .microseconds(12))
    static let ledger: ByteLedger = {
        var ledger = ByteLedger(.tcp)
        (ledger.accepted, ledger.inSendQueue, ledger.unsent) = (100, 60, 60)
        (ledger.inReceiveQueue, ledger.readByPeer) = (30, 10)
        return ledger
    }()
    static let block = WriteBlockEvent.Block(
        writer: .probe, write: 4, taken: 17, chunk: 65536, after: .milliseconds(42), ledger: ledger, buffers: buffers,
        congestionControl: "reno", window: 0, receiveSpace: 65483, mss: 47417)
    static let read = WriteBlockEvent.PeerRead(
        index: 1, bytes: 60000, total: 60000, ledger: ledger, moved: 0, window: 0, mss: 47417, room: 33742)

    static let all: [any sockctl::Event] = [
        ListeningEvent(ends: Ends(.tcp, local: ends.local), backlog: 128, note: "this machine only"),
        ResolvedEvent(host: "localhost", addresses: [.v4Any, .v6Any], time: .microseconds(120)),
        ConnectingEvent(ends: Ends(.tcp, remote: ends.remote), attempt: 2),
        AttemptFailedEvent(failure: Failure(refused), attempt: 1),
        SYNRetransmittedEvent(ends: ends, count: 1),
        ConnectedEvent(ends: ends, attempt: 1, resolve: .milliseconds(1), connect: .microseconds(123)),
        ProxiedEvent(
            ends: ends, proxy: "socks5h://127.0.0.1:1080", target: "example.org:80", time: .milliseconds(3)),
        AcceptedEvent(ends: ends),
        TLSEvent(ends: ends, report: tlsReport),
        TLSEvent(ends: ends, report: doubtful),
        TLSFailedEvent(ends: ends, report: refusedTLS),
        InsecureEvent(ends: ends, reason: "the certificate of localhost is self-signed"),
        CertificateEvent(facts: certificate, isOwn: true),
        CertificateEvent(facts: certificate, isOwn: false),
        FeatureEvent(ends: ends, feature: .mptcp, isUsed: true),
        FeatureEvent(ends: ends, feature: .fastopen, isUsed: false, reason: "no data came with the SYN"),
        firstByte,
        ReadEvent(ends: ends, bytes: 17, total: 34),
        WroteEvent(ends: ends, bytes: 1, total: 1),
        datagram,
        DatagramSentEvent(
            ends: Ends(.udp, local: ends.local), bytes: 17, length: 40, destination: Endpoint("127.0.0.2:53")),
        MessageEvent(ends: ends, index: 3, bytes: 17),
        AcknowledgedEvent(ends: ends, id: "00000002", result: 0, time: .microseconds(20)),
        AcknowledgedEvent(ends: ends, id: "00000003", result: 1, time: .microseconds(30)),
        HalfClosedEvent(ends: ends, by: .local),
        HalfClosedEvent(ends: ends, by: .local, told: false),
        ReplyEvent(
            ends: Ends(.udp, remote: ends.remote), bytes: 3, length: 3, roundTrip: .microseconds(90), sequence: 2,
            payload: "yes", escaped: "yes"),
        GapEvent(ends: Ends(.udp, remote: ends.remote), from: 2, count: 3),
        DroppedEvent(ends: Ends(.udp, local: ends.local), count: 12, buffer: 4096),
        HalfClosedEvent(ends: ends, by: .peer),
        InputUnfinishedEvent(),
        StartedEvent(ends: ends, pid: 4711, command: "/bin/cat -u"),
        ChildErrorEvent(ends: ends, pid: 4711, line: "oops"),
        ExitedEvent(ends: ends, pid: 4711, ending: .exit(0), duration: .milliseconds(12)),
        ExitedEvent(ends: ends, pid: 4711, ending: .signal(15), duration: .milliseconds(12)),
        MessageCutEvent(bytes: 3, length: 6),
        InputDroppedEvent(bytes: 3, sent: 5, unsent: 3), InputDroppedEvent(connection: 1, bytes: 3, sent: 5, unsent: 1),
        OutputDroppedEvent(bytes: 3, received: 5),
        OutputDroppedEvent(bytes: 3, path: "/tmp/copy"),
        SlowEvent(ends: ends, bytes: 1_048_577, action: .drop), SlowEvent(ends: nil, bytes: 17, action: .skip),
        UnansweredEvent(count: 2),
        KeepAliveEvent(ends: ends, silence: .milliseconds(300), limit: .seconds(3)),
        closing,
        FailedEvent(Failure(refused)),
        FailedEvent(Failure(reset, connection: 1)),
        FailedEvent(timeout),
        FailedEvent(Failure(UsageError("unknown option '--verbos'", hint: "did you mean '--verbose'?"))),
        RetryingEvent(attempt: 1, delay: .milliseconds(5), failure: Failure(refused)),
        disconnection,
        ReconnectedEvent(ends: ends, dials: 3, time: .milliseconds(1530)),
        HeartbeatEvent(ends: ends, index: 2, bytes: 13),
        HeartbeatAnsweredEvent(ends: ends, index: 2, time: .microseconds(230)),
        RoundTripEvent(ends: ends, index: 1, duration: .microseconds(52), bytes: 5),
        RoundTripEvent(ends: ends, index: 2, duration: .seconds(1), bytes: nil),
        PeerRefusedEvent(ends: ends, reason: "2 connections are the most that --max-conns allows"),
        RulesReadEvent(count: 3),
        StoppingEvent(reason: "interrupted"),
        StoppingEvent(reason: "interrupted", waiting: .init(count: 2, noun: "request", grace: .seconds(5))),
        AnsweredEvent(
            ends: ends, index: 2, method: "GET", target: "/time", version: "HTTP/1.1", status: 200, received: 3,
            sent: 40,
            duration: .microseconds(30), user: "ada", referer: "http://a/", userAgent: "curl", isCutOff: true),
        RequestRefusedEvent(ends: ends, status: 400, reason: "head: there is no Host"),
        HeadEvent(ends: ends, isSent: true, lines: ["HTTP/1.1 200 OK", "Content-Length: 0"]),
        ReportsLostEvent(count: 2),
        ClosedEvent(
            ends: ends, by: .reset, duration: .milliseconds(1030), received: 17, sent: 12,
            pair: PairTotals(target: "127.0.0.1:3001", up: 17, down: 12, endedBy: .far), namesPeer: true),
        JoinedEvent(ends: ends, target: .ip(.v4Loopback, port: 3001), time: .microseconds(300)),
        TargetDownEvent(
            target: "localhost:3001", pause: .seconds(1), failure: Failure(code: "timeout", message: "too late")),
        TargetUpEvent(target: "localhost:3001"),
        ProxyHeaderEvent(
            ends: ends,
            header: ProxyHeader(
                .two, .init(.ip(.v4Loopback, port: 50000), to: .ip(.v4Loopback, port: 443)))),
        ReplayedEvent(connection: 1, bytesUp: 17, bytesDown: 12, time: .milliseconds(1030)),
        DifferenceEvent(
            connection: 1,
            difference: ReplayDifference(
                message: 2, offset: 3, expected: .bytes([0x68, 0x69, 0x0a]), got: .bytes([0x68, 0x6f])),
            patience: .seconds(10)),
        DialledEvent(
            ends: Ends(.tcp, remote: ends.remote),
            dial: BacklogDial(
                index: 130, outcome: .timedOut, start: .zero, duration: .seconds(3), retransmits: 2, waited: true)),
        QueueEvent(
            ends: Ends(.tcp, remote: ends.remote), moment: .waiting, index: 7,
            queue: ListeningQueue(length: 6, limit: 5),
            counters: ListenCounters(netstat: "TcpExt: ListenOverflows ListenDrops\nTcpExt: 11 12"),
            timeout: .seconds(131)),
        SystemCallEvent(
            record: SystemCallRecord(
                call: "connect", arguments: "5, 127.0.0.1:3000", result: -1, errno: .inProgress,
                duration: .microseconds(12))),
        ReadEvent(ends: ends, bytes: 4, total: 4, reader: 2),
        TornEvent(ends: ends, index: 3, pieces: [BytePiece(byte: 97, count: 65536), BytePiece(byte: 0, count: 12)]),
        WaitedEvent(
            ends: ends,
            wait: IOModelWait(
                bytes: 6, calls: 1001, wouldBlock: 1000, time: .milliseconds(500), processorTime: .milliseconds(499))),
        ProbingEvent(ends: ends, setup: setup),
        WroteEvent(ends: ends, bytes: write.bytes, total: write.total, probed: write),
        BlockedEvent(ends: ends, block: block),
        UnblockedEvent(
            ends: ends,
            unblock: WriteBlockEvent.Unblock(
                writer: .probe, waited: .milliseconds(703), reads: 2, readBytes: 120_000, sendBuffer: 131_072,
                inSendQueue: 60_000)),
        PeerReadEvent(ends: ends, read: read),
        PeerEndedEvent(ends: ends, ending: .kill, ledger: ledger),
        SummaryEvent(measures: [
            Measure("bytes_sent", .bytes(2048)), Measure("dials", .count(3)),
            Measure("elapsed", .duration(.seconds(2))),
            Measure("blocked", .flag(false)), Measure("mss", .nothing), Measure("errors", .list(["timeout"])),
            Measure("rate", .rate(1 << 20)), Measure("reader_bytes", .counts([4, 1])),
        ]),
    ]
}
