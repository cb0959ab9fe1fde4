// Compiled together with the library's lower floors, as one module, by `Tests/Fuzzers/fuzz`: so it sees what is internal.
import Glibc

/// What is fuzzed of the library: what reads that which strangers send, or stands in a file, or the kernel answers.
let targets: [String: @Sendable (Span<UInt8>) -> Void] = [
    "address": fuzzAddress, "rule": fuzzRule, "frames": fuzzFrames, "request": fuzzRequest, "response": fuzzResponse,
    "url": fuzzURL, "json": fuzzJSON, "proxy-header": fuzzProxyHeader, "socks": fuzzSOCKS, "record": fuzzRecord,
    "starttls": fuzzStartTLS, "kernel": fuzzKernel,
]

// MARK: - How bytes are cut

/// Bytes, and where each read of them ends.
struct Reads {
    let bytes: [UInt8]
    let ranges: [Range<Int>]

    /// Each read, and where it begins. Behind it stands what is not the next one's: who looks further finds something else than
    /// where all came at once.
    func forEach<Failure>(_ body: (Span<UInt8>, Int) throws(Failure) -> Void) throws(Failure) {
        var room: [UInt8] = []
        room.reserveCapacity(bytes.count + 8)
        for range in ranges {
            room.removeAll(keepingCapacity: true)
            room.append(contentsOf: bytes[range])
            for _ in 0..<8 { room.append(0xff) }
            try body(room.span.extracting(first: range.count), range.lowerBound)
        }
    }

    /// All at once.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        ranges = [0..<bytes.count]
    }

    /// In pieces: the first byte says how the others are cut, so that the fuzzer finds the cut as well as the bytes.
    init(_ bytes: [UInt8], cutBy first: UInt8) {
        self.bytes = bytes
        var (state, start, ranges) = (UInt32(first) | 1, 0, [Range<Int>]())
        ranges.reserveCapacity(bytes.count / (first < 64 ? 2 : 16) + 1)
        while start < bytes.count {
            state = state &* 1_664_525 &+ 1_013_904_223
            let length = min(bytes.count - start, 1 + Int(state >> 24) % (first < 64 ? 3 : 40))
            ranges.append(start..<start + length)
            start += length
        }
        self.ranges = ranges
    }
}

/// The same bytes all at once, and in pieces.
func cut(_ bytes: Span<UInt8>) -> (whole: Reads, pieces: Reads) {
    guard bytes.count > 1 else { return (Reads([]), Reads([], cutBy: 0)) }
    let rest = bytes.extracting(droppingFirst: 1).copied
    return (Reads(rest), Reads(rest, cutBy: bytes[0]))
}

func same<Value: Equatable>(_ one: Value, _ other: Value, _ what: String) {
    if one != other { fatalError("\(what): all at once gives \(one), and piece by piece \(other)") }
}

// MARK: - Texts

func fuzzAddress(_ bytes: Span<UInt8>) {
    let text = String(decoding: bytes.copied, as: UTF8.self)
    for role in [Destination.Role.dialing, .listening] { _ = try? Destination.parse(text, role: role) }
    guard let address = IPAddress(text) else { return checkForeign(text, nil) }
    same(IPAddress(address.description), address, "an address as it is written")
    checkForeign(text, address)
}

/// inet_pton(3) knows no zones; where there is none, both have to agree.
func checkForeign(_ text: String, _ address: IPAddress?) {
    // As bytes: a letter that combines would hide the sign before it.
    guard !text.utf8.contains(37), !text.utf8.contains(0), text.utf8.count < 64 else { return }
    var room = [UInt8](repeating: 0, count: 16)
    let isV4 = inet_pton(AF_INET, text, &room) == 1
    let isV6 = inet_pton(AF_INET6, text, &room) == 1
    same(isV4 || isV6, address != nil, "whether inet_pton takes \(text)")
}

func fuzzRule(_ bytes: Span<UInt8>) {
    _ = try? AddressRule.list(String(decoding: bytes.copied, as: UTF8.self))
}

func fuzzURL(_ bytes: Span<UInt8>) {
    let text = String(decoding: bytes.copied, as: UTF8.self)
    guard let url = try? HTTPURL(text, guessing: true) else { return }
    guard let again = try? HTTPURL(url.description, guessing: false) else { fatalError("\(url) is not read again") }
    same(again.description, url.description, "a URL as it is written")
}

func fuzzJSON(_ bytes: Span<UInt8>) {
    guard let object = try? JSONObject(bytes) else { return }
    for name in object.names { _ = (object.text(name), object.integer(name)) }
}

// MARK: - Streams

private let framings: [Framing] = [
    .line, .delimiter([13, 10, 13]), .delimiter([0]), .length(.init(width: 1)), .length(.init(width: 2)),
    .length(.init(width: 4, countsItself: true)), .length(.init(width: 8, isLittleEndian: true)),
]

/// What a decoder of frames says. Values are compared, and made into text only where they differ: text took most of the time.
enum Framed: Equatable {
    case frame(Int, [UInt8])
    case rest([UInt8], FramingError)
    case failed(FramingError)
}

func fuzzFrames(_ bytes: Span<UInt8>) {
    guard bytes.count > 1 else { return }
    let framing = framings[Int(bytes[0]) % framings.count]
    let (whole, pieces) = cut(bytes.extracting(droppingFirst: 1))
    same(frames(framing, whole), frames(framing, pieces), "frames")
}

func frames(_ framing: Framing, _ reads: Reads) -> [Framed] {
    var decoder = FrameDecoder(framing, maximum: 300)
    var found: [Framed] = []
    do throws(FramingError) {
        try reads.forEach { (read: Span<UInt8>, _) throws(FramingError) in
            try decoder.push(read) { (number: Int, payload: Span<UInt8>) throws(FramingError) in
                found.append(.frame(number, payload.copied))
            }
        }
        if let rest = decoder.finish() { found.append(.rest(rest.payload, rest.error)) }
    } catch { found.append(.failed(error)) }
    return found
}

/// What a parser of HTTP says.
enum Told: Equatable {
    case head(String, [UInt8])
    case content([UInt8], trailers: [UInt8])
    case failed([UInt8], HTTPRefusal)
}

func fuzzRequest(_ bytes: Span<UInt8>) {
    let (whole, pieces) = cut(bytes)
    same(requests(whole), requests(pieces), "requests")
}

func requests(_ reads: Reads) -> [Told] {
    var parser = RequestParser()
    return events(
        reads, next: { (bytes, place) throws(HTTPRefusal) in try parser.next(in: bytes, at: &place) },
        head: { .head("\(parser.head)", parser.head.fields.bytes) }, trailers: { parser.trailers.bytes },
        finish: { () throws(HTTPRefusal) in try parser.finish() })
}

func fuzzResponse(_ bytes: Span<UInt8>) {
    let (whole, pieces) = cut(bytes)
    same(responses(whole), responses(pieces), "answers")
}

func responses(_ reads: Reads) -> [Told] {
    var parser = ResponseParser()
    return events(
        reads,
        next: { (bytes, place) throws(HTTPRefusal) in
            // Bytes of another protocol are nobody's here.
            if parser.isTunnel { place = bytes.count }
            return parser.isTunnel ? .needsMore : try parser.next(in: bytes, at: &place)
        },
        head: { .head("\(parser.head)", parser.head.fields.bytes) }, trailers: { parser.trailers.bytes },
        finish: { () throws(HTTPRefusal) in _ = try parser.finish() })
}

func events(
    _ reads: Reads, next: (Span<UInt8>, inout Int) throws(HTTPRefusal) -> MessageEvent, head: () -> Told,
    trailers: () -> [UInt8], finish: () throws(HTTPRefusal) -> Void
) -> [Told] {
    var (found, content) = ([Told](), [UInt8]())
    do throws(HTTPRefusal) {
        try reads.forEach { (read: Span<UInt8>, start) throws(HTTPRefusal) in
            var (place, isOver) = (0, false)
            while !isOver {
                switch try next(read, &place) {
                case .needsMore: isOver = true
                case .head: found.append(head())
                case .content(let part): content += reads.bytes[start + part.lowerBound..<start + part.upperBound]
                case .end:
                    found.append(.content(content, trailers: trailers()))
                    content = []
                }
            }
        }
        try finish()
    } catch { found.append(.failed(content, error)) }
    return found
}

/// What a reader of one message came to, and how many bytes it took.
struct Read<Message: Equatable, Fault: Equatable>: Equatable {
    var message: Message?
    var count = 0
    var fault: Fault?
}

func fuzzProxyHeader(_ bytes: Span<UInt8>) {
    let (whole, pieces) = cut(bytes)
    same(proxyHeader(whole), proxyHeader(pieces), "a PROXY header")
}

func proxyHeader(_ reads: Reads) -> Read<ProxyHeader, MessageError.Kind> {
    var reader = ProxyHeaderReader()
    do throws(MessageError) {
        try reads.forEach { (read: Span<UInt8>, _) throws(MessageError) in
            if reader.header == nil { _ = try reader.push(read) }
        }
        return Read(message: reader.header, count: reader.count, fault: reader.fault?.kind)
    } catch { return Read(fault: error.kind) }
}

func fuzzSOCKS(_ bytes: Span<UInt8>) {
    guard bytes.count > 1 else { return }
    let (whole, pieces) = cut(bytes.extracting(droppingFirst: 1))
    switch bytes[0] % 7 {
    case 0: same(socks(SOCKS4Request.self, whole), socks(SOCKS4Request.self, pieces), "SOCKS4")
    case 1: same(socks(SOCKS4Reply.self, whole), socks(SOCKS4Reply.self, pieces), "an answer of SOCKS4")
    case 2: same(socks(SOCKS5Greeting.self, whole), socks(SOCKS5Greeting.self, pieces), "a greeting of SOCKS5")
    case 3: same(socks(SOCKS5Choice.self, whole), socks(SOCKS5Choice.self, pieces), "its answer")
    case 4: same(socks(SOCKS5Request.self, whole), socks(SOCKS5Request.self, pieces), "SOCKS5")
    case 5: same(socks(SOCKS5Reply.self, whole), socks(SOCKS5Reply.self, pieces), "an answer of SOCKS5")
    default: same(socks(SOCKS5Password.self, whole), socks(SOCKS5Password.self, pieces), "a password of SOCKS5")
    }
}

func socks<Message: SOCKSMessage>(_ type: Message.Type, _ reads: Reads) -> Read<Message, SOCKSFault> {
    var reader = SOCKSReader<Message>()
    do throws(SOCKSFault) {
        try reads.forEach { (read: Span<UInt8>, _) throws(SOCKSFault) in
            if reader.message == nil { _ = try reader.push(read) }
        }
        return Read(message: reader.message, count: reader.count, fault: reader.fault)
    } catch { return Read(fault: error) }
}

func fuzzRecord(_ bytes: Span<UInt8>) {
    let (whole, pieces) = cut(bytes)
    same(recording(whole), recording(pieces), "a record")
}

/// A record: who spoke with whom, what happened, and all bytes.
struct Recorded: Equatable {
    struct Step: Equatable {
        var conversation: Int
        var time: Int64
        var direction: RecordDirection
        var deed: Recording.Step.Deed
    }

    var bytes: [UInt8] = []
    var ends: [String] = []
    var steps: [Step] = []
    var failure: MessageError?
}

func recording(_ reads: Reads) -> Recorded {
    var reader = RecordReader()
    do throws(MessageError) {
        try reads.forEach { (read: Span<UInt8>, _) throws(MessageError) in try reader.push(read) }
        let recording = try reader.finish()
        var recorded = Recorded(bytes: recording.bytes)
        for one in recording.conversations {
            recorded.ends += [one.client, one.target]
            recorded.steps += one.steps.map {
                Recorded.Step(conversation: one.number, time: $0.time, direction: $0.direction, deed: $0.deed)
            }
        }
        return recorded
    } catch { return Recorded(failure: error) }
}

/// The answers of netlink, and files below /proc. The kernel is no stranger: but what it may come to say is not known.
func fuzzKernel(_ bytes: Span<UInt8>) {
    guard bytes.count > 1 else { return }
    let answer = Array(bytes.copied.dropFirst())
    switch bytes[0] % 4 {
    case 0: _ = try? DiagnosticMessages.bodies(in: answer).bodies.map(listed)
    case 1: if let body = try? DiagnosticMessages.body(of: answer) { _ = listed(body) }
    case 2:
        let ends = (IPAddress(v4Bits: 0x7f00_0001), UInt16(80))
        for row in ProcNetTCP.rows(of: String(decoding: answer, as: UTF8.self)) {
            _ = (row.received, row.isListening(on: 80), row.has(ends, ends) { "\($0):\($1)" })
        }
    default: _ = ListenCounters(netstat: String(decoding: answer, as: UTF8.self))
    }
}

func listed(_ message: ArraySlice<UInt8>) -> [String] {
    let listeners = [
        DiagnosticMessages.listener(message, .inet), DiagnosticMessages.listener(message, .inet6),
        DiagnosticMessages.unixListener(message),
    ]
    let attributes = [0, 2, 4].map { DiagnosticMessages.attribute($0, of: message)?.count ?? 0 }
    return listeners.compactMap { $0?.endpoint.description } + attributes.map(\.description)
        + [DiagnosticMessages.connecting(message)].compactMap { $0?.expiry.description }
}

private let preludes: [@Sendable () -> any StartTLSPrelude] = [
    { SMTPPrelude(name: "localhost") }, { IMAPPrelude() }, { POP3Prelude() }, { FTPPrelude() }, { PostgresPrelude() },
    { MySQLPrelude() }, { LDAPPrelude() }, { XMPPPrelude(host: "example.org") },
]

func fuzzStartTLS(_ bytes: Span<UInt8>) {
    guard bytes.count > 1 else { return }
    let prelude = preludes[Int(bytes[0]) % preludes.count]()
    let (whole, pieces) = cut(bytes.extracting(droppingFirst: 1))
    same(talk(prelude, whole), talk(prelude, pieces), "what is said before TLS")
}

/// What a client has said before TLS, and how that ended.
struct Talk: Equatable {
    var said: [UInt8]
    var isAgreed = false
    var fault: StartTLSFault?
}

func talk(_ prelude: any StartTLSPrelude, _ reads: Reads) -> Talk {
    var talk = StartTLSTalk(prelude)
    var said = talk.takeAnswer()
    do throws(StartTLSFault) {
        try reads.forEach { (read: Span<UInt8>, _) throws(StartTLSFault) in
            var place = 0
            while place < read.count, !talk.isAgreed {
                let taken = try talk.push(read.extracting(droppingFirst: place))
                said += talk.takeAnswer()
                place += taken
                if taken == 0 { break }
            }
        }
        return Talk(said: said, isAgreed: talk.isAgreed)
    } catch {
        guard talk.isAgreed else { return Talk(said: said, fault: error) }
        // What follows the agreement is seen only where it came with it; else TLS takes it for a record, and fails. What we
        // say last may be the agreement.
        return Talk(said: said + talk.takeAnswer(), isAgreed: true)
    }
}
