import Testing

@testable import SockKit

@testable import sockctl

/// What a peer says, or calls itself, is text in a report: on one line, which no terminal obeys, and valid JSON.
@Suite struct HostileNameTests {
    /// All that a terminal may obey, or that hides or turns what stands in a line, as a peer can send it.
    static let bytes: [UInt8] =
        Array("a\u{1b}[31m\u{1b}]0;x\u{7}\r\n\t\u{0}\u{7f}\u{85}\u{9b}2J\u{202e}\u{2066}\u{2028}\u{2029}\u{feff}".utf8)
        + Array("\"\\".utf8) + [0x9b, 0xff]
    static let text = String(decoding: bytes, as: UTF8.self)
    static let name = Endpoint.unix(.abstract(ByteString(bytes: bytes)))
    static let ends = Ends(.unix, local: .unix(.path(ByteString(bytes: bytes))), remote: name, connection: 1)
    static let failure = Failure(code: "status", message: text)
    static let plain = Terminal(2, isTerminal: false, color: .never)

    /// Those that are one line for people.
    static let events: [any sockctl::Event] = [
        ListeningEvent(ends: ends, backlog: 1, note: nil), AcceptedEvent(ends: ends),
        ConnectingEvent(ends: ends, attempt: 2),
        ConnectedEvent(ends: ends, attempt: 1, resolve: nil, connect: .zero),
        ResolvedEvent(host: text, addresses: [.v4Any], time: .zero),
        ProxiedEvent(ends: ends, proxy: text, target: text, time: .zero),
        FirstByteEvent(ends: ends, time: .zero, namesPeer: true), ReadEvent(ends: ends, bytes: 1, total: 1),
        WroteEvent(ends: ends, bytes: 1, total: 1), MessageEvent(ends: ends, index: 1, bytes: 1),
        AcknowledgedEvent(ends: ends, id: text, result: 0, time: .zero), HalfClosedEvent(ends: ends, by: .peer),
        HalfClosedEvent(ends: ends, by: .local), DatagramReceivedEvent(ends: ends, bytes: 1, length: 2),
        DatagramSentEvent(ends: ends, bytes: 1, length: 1, destination: name),
        MessageCutEvent(bytes: 1, length: 2, source: name),
        ReplyEvent(ends: ends, bytes: 1, length: 1, payload: text), GapEvent(ends: ends, from: 1, count: 1),
        PeerRefusedEvent(ends: ends, reason: text), KeepAliveEvent(ends: ends, silence: .zero, limit: .zero),
        SlowEvent(ends: ends, bytes: 1, action: .drop), StartedEvent(ends: ends, pid: 1, command: text),
        ChildErrorEvent(ends: ends, pid: 1, line: text),
        ExitedEvent(ends: ends, pid: 1, ending: .exit(0), duration: .zero),
        AnsweredEvent(
            ends: ends, index: 1, method: text, target: text, version: text, status: 200, received: 0, sent: 0,
            duration: .zero, user: text, referer: text, userAgent: text),
        RequestRefusedEvent(ends: ends, status: 400, reason: text),
        RedirectedEvent(status: 302, method: text, url: text),
        ClosedEvent(
            ends: ends, by: .peer, duration: .seconds(1), received: 1, sent: 1,
            pair: PairTotals(target: text, up: 1, down: 1, endedBy: .far)),
        JoinedEvent(ends: ends, target: name, time: .zero),
        TargetDownEvent(target: text, pause: .zero, failure: failure), TargetUpEvent(target: text),
        InsecureEvent(ends: ends, reason: text), FailedEvent(failure),
        DifferenceEvent(
            connection: 1, difference: ReplayDifference(message: 1, offset: 1, expected: .bytes(bytes), got: .end),
            patience: .zero),
        RetryingEvent(attempt: 1, delay: .zero, failure: failure), AttemptFailedEvent(failure: failure, attempt: 1),
        NotRetriedEvent(delay: .zero, limit: .zero, failure: failure),
        ScannedEvent(
            network: .tcp,
            finding: ScanFinding(remote: Endpoint("127.0.0.1:1")!, state: .open, duration: .zero, banner: bytes)),
        SystemCallEvent(
            record: SystemCallRecord(call: "accept4", arguments: text, result: 1, errno: nil, duration: .zero)),
        SummaryEvent(measures: [Measure("note", .text(text))]),
        SummaryEvent(measures: [Measure("errors", .list([text, text]))]), exchange,
    ]

    static let exchange = {
        var event = ExchangeEndedEvent(ends: ends, method: text, url: text, duration: .zero)
        event.answer = (404, text)
        event.isReused = false
        event.proxy = text
        event.fate = .init(isKept: false, reason: text)
        return event
    }()

    /// Records an issue unless these are so many lines that no terminal does anything with but show them.
    private func expectHarmless(_ text: String, lines count: Int = 1) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let obeyed = lines.joined().unicodeScalars.filter(\.actsOnTerminals)
        #expect(lines.count == count && obeyed.isEmpty, "\(text.debugDescription)")
    }

    @Test(arguments: events.indices)
    func `people read one harmless line`(index: Int) { expectHarmless(Self.events[index].text(on: Self.plain)) }

    @Test(arguments: events.indices)
    func `programs read one object on one harmless line`(index: Int) throws {
        let line = sockctl::JSONValue.object(Self.events[index].members).text
        expectHarmless(line)
        #expect(try JSONValue(parsing: line).object != nil)
    }

    @Test func `programs get the name as it is`() throws {
        let line = sockctl::JSONValue.object(AcceptedEvent(ends: Self.ends).members).text
        #expect(try JSONValue(parsing: line)["remote"]?.string == "@\(Self.text)")
    }

    @Test(arguments: events.indices)
    func `nc's lines are as harmless`(index: Int) {
        let nc = NetcatWording(host: nil, port: nil, isNumeric: true, isVerbose: true, isTalkative: true)
        let event = Self.events[index]
        // Of a Unix socket nc says two lines.
        if let text = nc.text(of: event, on: Self.plain) {
            expectHarmless(text, lines: event is ListeningEvent ? 2 : 1)
        }
    }

    @Test func `what a proxy says is harmless in nc's line, and at the end of a scan`() throws {
        let refusal = ProxyRefusal(.failed, "502 \(Self.text)")
        let error = NetworkError(.dial, network: .tcp, remote: Endpoint("127.0.0.1:1"), cause: .proxy(refusal))
        let nc = NetcatWording(host: "a.test", port: "1", isNumeric: false, isVerbose: true, isTalkative: false)
        expectHarmless(try #require(nc.text(of: FailedEvent(Failure(error)), on: Self.plain)))
        var result = ScanResult(targets: 1, parallel: 1)
        result.filtered = 1
        result.answers = [refusal: 1]
        expectHarmless(ScanConclusion(result, .tcp).text, lines: 2)
    }

    @Test func `of a head, and of a handshake, each line is`() {
        var fields = Fields()
        fields.append(Self.text, Self.text)
        let head = ResponseHead(200, reason: Self.text, fields: fields)
        expectHarmless(ResponseReceivedEvent(ends: Self.ends, head: head).text(on: Self.plain), lines: 2)
        let lines = HeadEvent(ends: Self.ends, isSent: false, lines: [Self.text, Self.text])
        expectHarmless(lines.text(on: Self.plain), lines: 2)
        let facts = CertificateFacts(
            subject: Self.text, issuer: Self.text, names: [Self.text], notBefore: 0, notAfter: 1, daysLeft: 1,
            pin: EventSamples.certificate.pin)
        let report = TLSReport(
            version: "TLSv1.3", cipher: "x", group: nil, signature: nil, alpn: Self.text, serverName: Self.text,
            isResumed: false, isVerified: false, reason: Self.text, kernel: "off", duration: .zero, chain: [facts],
            root: "Root \(Self.text)", messages: [], library: "x")
        // What was agreed on, a certificate, the root, the pin, and who does the work.
        expectHarmless(TLSEvent(ends: Self.ends, report: report).text(on: Self.plain), lines: 5)
    }

    @Test func `the line of an access log is one, and its fields end where they should`() {
        let event = Self.events.lazy.compactMap { $0 as? AnsweredEvent }.first
        let line = event?.combined(at: Timestamp(since1970: 0)) ?? ""
        expectHarmless(line)
        let bare = line.replacing("\\\\", with: "").replacing("\\\"", with: "")
        #expect(bare.count { $0 == "\"" } == 6, "\(line)")
    }
}
