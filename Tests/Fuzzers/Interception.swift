// TLS with somebody in between: two sessions of our own agree and speak, and the input says what becomes of the records
// on their way.
import Glibc

let targets: [String: @Sendable (Span<UInt8>) -> Void] = ["tls": fuzzTLS, "strangers": fuzzStrangers]

/// The first byte chooses the version, and whether the client believes the server; each other one is a deed.
func fuzzTLS(_ bytes: Span<UInt8>) {
    let input = bytes.copied
    guard let first = input.first else { return }
    onTheLoop { Interception(TLSKind.all[Int(first) % TLSKind.all.count]).run(input.dropFirst()) }
}

/// The sessions are the loop's, and wait for nothing that it would have to tell: this thread is its own, and has it run what
/// there is and no more.
func onTheLoop(_ body: @escaping @Netpoller @Sendable () -> Void) {
    precondition(isTheLoops)
    Netpoller.spawn { body() }
    Netpoller.loop.stop()
    do throws(NetpollerFailure) { try Netpoller.loop.run() } catch { fatalError("the loop failed: \(error)") }
}

private let isTheLoops = Netpoller.loop.claim()

/// What two sessions have in common.
@Netpoller
struct TLSKind {
    let client: TLSContext
    let server: TLSContext
    let believes: Bool
    var keepsMessages: Bool { client.keepsMessages }

    static let all = [
        TLSKind(.v13, believes: true), TLSKind(.v12, believes: true), TLSKind(.v13, believes: false),
        TLSKind(.v12, believes: true, keepsMessages: true),
    ]

    private init(_ version: TLSRules.Version, believes: Bool, keepsMessages: Bool = false) {
        var rules = TLSRules()
        if !keepsMessages { (rules.minimum, rules.maximum) = (version, version) }
        do throws(TLSFailure) {
            client = try TLSContext(rules, isClient: true, keepsMessages: keepsMessages)
            server = try TLSContext(rules, isClient: false, keepsMessages: keepsMessages)
            try OwnCertificate.install(in: server, names: ["localhost"], addresses: [])
            self.believes = believes
        } catch {
            fatalError("TLS cannot be had: \(error)")
        }
        if !believes { client.library.functions.SSL_CTX_set_verify(client.handle, TLSNumber.verifyPeer, nil) }
    }
}

/// The byte that stands in each place of what is written.
private func byte(_ place: Int) -> UInt8 { UInt8(truncatingIfNeeded: place &* 31 &+ place >> 8) }

/// One of the two who speak, with what was done.
@Netpoller
final class Speaker {
    let session: TLSSession
    /// The session's end of the socket, and that of whoever is in between.
    let (own, between): (Int32, Int32)
    private let name: String
    private(set) var isEstablished = false
    private(set) var written = 0
    private(set) var hasSaidEnd = false
    private(set) var hasFailed = false
    private(set) var hasSeenEnd = false
    private(set) var taken = 0
    private var messages: Set<Int> = []
    private var size = 1
    private static var room = [UInt8](repeating: 0, count: 65536)

    init(_ context: TLSContext, isClient: Bool) {
        name = isClient ? "the client" : "the server"
        var numbers: (Int32, Int32) = (-1, -1)
        let kind = context.keepsMessages ? SOCK_DGRAM : SOCK_STREAM
        let made = withUnsafeMutablePointer(to: &numbers) {
            $0.withMemoryRebound(to: Int32.self, capacity: 2) {
                socketpair(AF_UNIX, Int32(kind.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0, $0)
            }
        }
        guard made == 0, let session = try? TLSSession(context, isClient: isClient, peerName: "", saysEnd: false) else {
            fatalError("no session can be had: \(errno)")
        }
        ((own, between), self.session) = (numbers, session)
        session.keepMessages()
    }

    func close() {
        Glibc.close(own)
        Glibc.close(between)
    }

    /// Does what can be done now: agrees, or says something and listens.
    func goOn(_ other: Speaker, whole: Bool) {
        if hasFailed || hasSeenEnd { return }
        if !isEstablished {
            switch session.handshake(own) {
            case .moved: isEstablished = true
            case .end: fatalError("\(name) took an end for an agreement")
            case .failed(let cause): fail(cause)
            case .wantsRead, .wantsWrite, .wantsTurn: break
            }
            return
        }
        if !hasSaidEnd { write() }
        listen(to: other)
        if whole, !session.keepsMessages, hasFailed { fatalError("\(name) failed, and nobody had touched anything") }
    }

    private func write() {
        size = size * 7 % 20_011
        let start = session.keepsMessages ? written * 1000 : written
        let bytes = (start..<start + (session.keepsMessages ? 1 + size % 900 : size)).map(byte)
        switch unsafe bytes.withUnsafeBytes({ session.write(own, $0) }) {
        case .moved(let count): written += session.keepsMessages ? 1 : count
        case .failed(let cause): fail(cause)
        case .end: fatalError("\(name) could write to an end")
        case .wantsRead, .wantsWrite, .wantsTurn: break
        }
    }

    private func listen(to other: Speaker) {
        // It may come to an end only when there is no more of it.
        while true {
            switch unsafe Self.room.withUnsafeMutableBytes({ session.read(own, into: $0) }) {
            case .moved(let count): take(Self.room.prefix(count), other)
            case .end: return end(other)
            case .failed(let cause): return fail(cause)
            case .wantsTurn: continue
            case .wantsRead, .wantsWrite: return
            }
        }
    }

    private func take(_ bytes: ArraySlice<UInt8>, _ other: Speaker) {
        guard session.keepsMessages else {
            guard taken + bytes.count <= other.written else { fatalError("\(name) was given more than was written") }
            guard bytes.enumerated().allSatisfy({ byte(taken + $0.offset) == $0.element }) else {
                fatalError("\(name) was given something else than was written")
            }
            taken += bytes.count
            return
        }
        // Some come twice to the same beginning, as there are but so many: one that nobody has taken yet.
        let number = (0..<other.written).first { number in
            !messages.contains(number)
                && bytes.enumerated().allSatisfy { byte(number * 1000 + $0.offset) == $0.element }
        }
        guard let number else { fatalError("\(name) was given a message that nobody had sent, or twice") }
        messages.insert(number)
    }

    private func end(_ other: Speaker) {
        hasSeenEnd = true
        guard other.hasSaidEnd else { fatalError("\(name) has seen an end that nobody has said") }
        guard session.keepsMessages || taken == other.written else { fatalError("\(name) has seen an end too soon") }
    }

    func sayEnd() {
        guard isEstablished, !hasFailed, !hasSaidEnd else { return }
        if case .failed(let cause) = session.endWriting(own, inAnyCase: true) { return fail(cause) }
        hasSaidEnd = true
    }

    private func fail(_ cause: NetworkError.Cause) {
        hasFailed = true
        guard case .tls(let failure) = cause else { return }
        check(failure)
        _ = session.report(.chain, duration: .zero, failure: failure.text)
    }
}

/// What strangers have sent stands in a failure: it stays a line.
func check(_ failure: TLSFailure) {
    let text = failure.description + (failure.hint ?? "")
    guard text.unicodeScalars.allSatisfy({ $0.value >= 32 && !(127..<160).contains($0.value) }) else {
        fatalError("a failure is no line: \(text.debugDescription)")
    }
}

/// Somebody in between, who may do anything to what passes.
@Netpoller
final class Interception {
    private let kind: TLSKind
    private let speakers: [Speaker]
    /// What came from each, and was not handed on: of a stream in one piece.
    private var underWay: [[[UInt8]]] = [[], []]
    /// Everything was handed on as it came.
    private var isWhole = true
    private static var room = [UInt8](repeating: 0, count: 65536)

    init(_ kind: TLSKind) {
        self.kind = kind
        speakers = [Speaker(kind.client, isClient: true), Speaker(kind.server, isClient: false)]
    }

    func run(_ deeds: ArraySlice<UInt8>) {
        var deeds = deeds
        while let deed = deeds.popFirst() {
            exchange()
            act(deed, &deeds)
        }
        for _ in 0..<6 { pass() }
        for speaker in speakers { speaker.sayEnd() }
        for _ in 0..<6 { pass() }
        judge()
        for speaker in speakers { speaker.close() }
    }

    private func pass() {
        exchange()
        handOn()
    }

    private func judge() {
        if !kind.believes, speakers[0].isEstablished { fatalError("the client believed a server it does not know") }
        guard isWhole, kind.believes else { return }
        for (speaker, other) in [(speakers[0], speakers[1]), (speakers[1], speakers[0])] {
            guard speaker.isEstablished, speaker.hasSeenEnd else {
                fatalError("nobody was in between, and no end came")
            }
            guard kind.keepsMessages || speaker.taken == other.written else { fatalError("bytes are lost") }
        }
    }

    /// Both go on, and what they have sent is here.
    private func exchange() {
        speakers[0].goOn(speakers[1], whole: isWhole && kind.believes)
        speakers[1].goOn(speakers[0], whole: isWhole && kind.believes)
        for (side, speaker) in speakers.enumerated() {
            while true {
                let count = recv(speaker.between, &Self.room, Self.room.count, 0)
                guard count > 0 else { break }
                let bytes = Array(Self.room.prefix(count))
                if kind.keepsMessages || underWay[side].isEmpty {
                    underWay[side].append(bytes)
                } else {
                    underWay[side][0] += bytes
                }
            }
        }
    }

    private func handOn() {
        for side in 0...1 {
            for piece in underWay[side] {
                // What the other end has no room for is lost, as on any network.
                if send(speakers[1 - side].between, piece, piece.count, Int32(MSG_NOSIGNAL)) != piece.count {
                    isWhole = false
                }
            }
            underWay[side] = []
        }
    }

    private func act(_ deed: UInt8, _ more: inout ArraySlice<UInt8>) {
        let (side, amount) = (Int(deed >> 3) & 1, Int(deed >> 4))
        switch deed & 7 {
        case 0: handOn()
        case 1: flip(side, more.popFirst() ?? 0, bit: amount & 7)
        case 2: drop(side, amount)
        case 3:
            let forged = Array(more.prefix(amount + 1))
            more = more.dropFirst(amount + 1)
            touch(side) { $0.insert(forged, at: 0) }
        case 4: touch(side) { if let first = $0.first { $0.append(first) } }
        // It waits for what comes behind it.
        case 5: if kind.keepsMessages { touch(side) { $0.reverse() } }
        case 6: speakers[side].sayEnd()
        default:
            isWhole = false
            try? SocketCalls.shutdown(speakers[side].between, .write)
        }
    }

    private func touch(_ side: Int, _ change: (inout [[UInt8]]) -> Void) {
        let before = underWay[side]
        change(&underWay[side])
        if underWay[side] != before { isWhole = false }
        handOn()
    }

    private func flip(_ side: Int, _ place: UInt8, bit: Int) {
        touch(side) { pieces in
            guard var piece = pieces.popLast() else { return }
            if !piece.isEmpty { piece[Int(place) % piece.count] ^= 1 << bit }
            pieces.append(piece)
        }
    }

    private func drop(_ side: Int, _ amount: Int) {
        touch(side) { pieces in
            guard let first = pieces.first else { return }
            pieces[0] = Array(first.dropFirst(kind.keepsMessages ? first.count : amount + 1))
            if pieces[0].isEmpty { pieces.removeFirst() }
        }
    }
}
