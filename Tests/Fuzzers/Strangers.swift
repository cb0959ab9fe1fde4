// TLS with nobody who speaks it: a session of our own, and a stranger who says what the input says, and then no more.
import Glibc

/// The first byte chooses the session, the second how long the pieces are in which the stranger speaks.
func fuzzStrangers(_ bytes: Span<UInt8>) {
    let input = bytes.copied
    guard input.count > 2 else { return }
    onTheLoop {
        let kinds = [TLSKind.all[0], TLSKind.all[1], TLSKind.all[3]]
        let choice = Int(input[0] & 0x0f)
        let kind = kinds[choice / 2 % kinds.count]
        let listener: Stranger.Listener = choice % 2 == 0 ? .server : .client
        let stranger = Stranger(kind, to: listener)
        let end = stranger.say(input[2...], inPiecesOf: Int(input[1]))
        // Now and then once more in one piece. The words of a failure may say how much had come, its kind may not.
        guard input[0] >= 0xf0, input[1] > 0, !stranger.keepsMessages else { return }
        let other = Stranger(kind, to: listener).say(input[2...], inPiecesOf: 0)
        if other != end { fatalError("all at once it is \(other as Any), and piece by piece \(end as Any)") }
    }
}

/// Somebody who has no keys, and whose bytes stand fast before the session has said anything.
@Netpoller
final class Stranger {
    enum Listener { case client, server }

    private let speaker: Speaker
    private var failure: TLSFailure.Kind?
    var keepsMessages: Bool { speaker.session.keepsMessages }

    init(_ kind: TLSKind, to listener: Listener) {
        let isClient = listener == .client
        speaker = Speaker(isClient ? kind.client : kind.server, isClient: isClient)
    }

    /// What the session took it for; of datagrams, which anybody may have sent, it need not take notice.
    func say(_ bytes: ArraySlice<UInt8>, inPiecesOf length: Int) -> TLSFailure.Kind? {
        defer { speaker.close() }
        listen()
        // Sixteen pieces at most: calls of the kernel are most of the time.
        let length = length == 0 ? bytes.count : max(length, bytes.count / 16 + 1)
        var rest = bytes
        while !rest.isEmpty, failure == nil {
            let piece = rest.prefix(length)
            rest = rest.dropFirst(piece.count)
            guard piece.withUnsafeBytes({ send(speaker.between, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }) > 0
            else { break }
            listen()
        }
        guard !keepsMessages else { return failure }
        try? SocketCalls.shutdown(speaker.between, .write)
        listen()
        if failure == nil { fatalError("a session waits for a stranger who has ended") }
        return failure
    }

    private func listen() {
        while failure == nil {
            switch speaker.session.handshake(speaker.own) {
            case .moved: fatalError("a stranger was taken for a peer")
            case .end: fatalError("a stranger's end was taken for an agreement")
            case .wantsTurn: continue
            case .wantsRead, .wantsWrite: return
            case .failed(.tls(let cause)):
                check(cause)
                failure = cause.kind
            case .failed(let cause): fatalError("the socket failed: \(cause)")
            }
        }
    }
}
