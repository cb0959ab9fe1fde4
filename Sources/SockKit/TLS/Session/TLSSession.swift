/// One connection's TLS: a layer between whoever uses the connection and its socket.
///
/// The library writes into memory and never to a socket that is full: what the kernel does not take is kept here, at most
/// what one write made of it, and goes first next time.
@Netpoller @safe
final class TLSSession: ConnectionLayer {
    let library: TLSLibrary
    let channel: TLSChannel
    let keepsMessages: Bool
    /// What it was made from, which must outlive it.
    private let context: TLSContext
    let handle: OpaquePointer
    let isClient: Bool
    /// Whether the end of what is written is said (close_notify).
    let saysEnd: Bool
    private(set) var isEstablished = false
    private(set) var hasSaidEnd = false
    /// After a failure nothing more is to be said.
    private var hasFailed = false
    /// Why sending what was kept came to nothing; whoever reads is to learn of it.
    private var givenUp: NetworkError.Cause?
    /// A failure behind bytes that were given first.
    private var following: LayerAttempt?
    private var leftover = false
    /// Where each record ended that is not acknowledged, and the last one that is: of what they carried and of what was made
    /// of it.
    private var marks: [(payload: Int, records: Int)] = []
    private var mostMarks = fewMarks
    /// How much of what the kernel has not taken does not count as written.
    private var disowned = 0
    private var payloadBytes = 0
    /// Whom this side takes the other one for; the empty name is nobody in particular.
    let peerName: String

    /// Datagrams of a handshake are no longer, so that they arrive in one piece nearly everywhere.
    private static let pathUnit = 1400
    /// The most that a datagram carries (RFC 6347 section 4.1).
    static let longestMessage = 16 * 1024
    /// The most that one call writes: four records, which go with one call of send(2).
    private static let mostAtOnce = 64 * 1024
    /// The most that one record carries (RFC 8446 section 5.1).
    private static let longestRecord = 16 * 1024
    /// Fewer are never looked through.
    private static let fewMarks = 16
    // Lent to one channel after the other, for a call each.
    private static var scratch: [UInt8] = []

    init(
        _ context: TLSContext, isClient: Bool, peerName: String, saysEnd: Bool
    ) throws(TLSFailure) {
        (library, self.context) = (context.library, context)
        keepsMessages = context.keepsMessages
        channel = TLSChannel(keepsMessages: keepsMessages)
        (self.isClient, self.peerName, self.saysEnd) = (isClient, peerName, saysEnd)
        let functions = library.functions
        functions.ERR_clear_error()
        guard let handle = unsafe functions.SSL_new(context.handle), let bio = unsafe channel.makeBIO(library) else {
            throw TLSFailure(.unavailable, library.takeReason())
        }
        unsafe self.handle = unsafe handle
        unsafe functions.SSL_set_bio(handle, bio, bio)
        channel.keyLog = context.keyLog
        if keepsMessages { _ = unsafe functions.SSL_ctrl(handle, TLSNumber.Control.setMTU, Self.pathUnit, nil) }
        if isClient {
            unsafe functions.SSL_set_connect_state(handle)
        } else {
            unsafe functions.SSL_set_accept_state(handle)
        }
    }

    isolated deinit {
        unsafe library.functions.SSL_free(handle)
    }

    // MARK: - The handshake

    func handshake(_ number: Int32) -> LayerAttempt {
        lend(number)
        defer { takeBack() }
        let result = unsafe library.functions.SSL_do_handshake(handle)
        var attempt = result == 1 ? LayerAttempt.moved(0) : outcome(result)
        // The library takes an alert in clear for the end of a session that there is not yet: anybody may have sent it.
        if case .end = attempt { attempt = endTooSoon() }
        // An alert that says why is to be sent, however the handshake went.
        let isSent = channel.send()
        // What did not go is not answered, nor is it known to the other side that both have agreed.
        switch (attempt, failure(writing: true)) {
        case (.moved, let failed?), (.wantsRead, let failed?): return failed
        case (.moved, nil): isEstablished = true
        case (.wantsRead, nil) where !isSent: return .wantsWrite
        default: break
        }
        return attempt
    }

    private func endTooSoon() -> LayerAttempt {
        hasFailed = true
        let them = isClient ? "server" : "client"
        return .failed(
            .tls(TLSFailure(.cutOff, "the \(them) said its end (close_notify) in the middle of the handshake")))
    }

    func timeToRepeat() -> Duration? {
        guard keepsMessages else { return nil }
        // A timeval: seconds and microseconds.
        var time: (Int, Int) = (0, 0)
        let isSet = unsafe withUnsafeMutablePointer(to: &time) { time in
            unsafe library.functions.SSL_ctrl(handle, TLSNumber.Control.getTimeout, 0, UnsafeMutableRawPointer(time))
                > 0
        }
        return isSet ? .seconds(time.0) + .microseconds(time.1) : nil
    }

    func repeatUnanswered(_ number: Int32) -> LayerAttempt {
        lend(number)
        defer { takeBack() }
        let result = unsafe library.functions.SSL_ctrl(handle, TLSNumber.Control.handleTimeout, 0, nil)
        _ = channel.send()
        if result < 0 { return .failed(.tls(TLSFailure(.cutOff, "nobody answers the handshake"))) }
        return failure(writing: true) ?? .moved(0)
    }

    // MARK: - Reading

    var holdsInput: Bool { leftover || channel.holdsInput || following != nil }
    var isDrained: Bool { channel.isDrained }

    func read(_ number: Int32, into bytes: UnsafeMutableRawBufferPointer) -> LayerAttempt {
        if let following = following.take() { return following }
        if channel.outputCount > TLSChannel.mostAnswers { return .wantsWrite }
        lend(number)
        defer {
            // A message of the handshake may have wanted an answer.
            _ = channel.send()
            takeBack()
        }
        var total = 0
        while total < bytes.count {
            var count = 0
            let result = unsafe library.functions.SSL_read_ex(
                handle, bytes.baseAddress! + total, bytes.count - total, &count)
            guard result == 1 else {
                let attempt = outcome(result)
                if total == 0 { return attempt }
                switch attempt {
                case .wantsRead, .wantsTurn: break
                default: following = attempt
                }
                break
            }
            total += count
            // The kernel is not asked again while there is something to be given; a message stands alone.
            if keepsMessages || !channel.holdsInput { break }
        }
        leftover =
            unsafe keepsMessages
            ? library.functions.SSL_has_pending(handle) > 0 : library.functions.SSL_pending(handle) > 0
        return .moved(total)
    }

    func peek(_ number: Int32, into bytes: UnsafeMutableRawBufferPointer) -> LayerAttempt {
        lend(number)
        defer {
            _ = channel.send()
            takeBack()
        }
        var count = 0
        let result = unsafe library.functions.SSL_peek_ex(handle, bytes.baseAddress, bytes.count, &count)
        leftover = unsafe library.functions.SSL_pending(handle) > 0
        return result == 1 ? .moved(count) : outcome(result)
    }

    // MARK: - Writing

    var bytesKept: Int { channel.outputCount }
    var sendingFailure: NetworkError.Cause? { channel.writeFailure.map { .system($0, call: "write") } ?? givenUp }
    func failSending(_ cause: NetworkError.Cause) { givenUp = givenUp ?? cause }

    /// The records are not taken apart: until the last byte of them is gone, none of what they carry is.
    func disownKept(_ most: Int) -> Int {
        let kept = payload(behind: channel.bytesSent)
        // What an earlier call wrote, and was dropped as the socket failed, stays written: it is lost, and told as lost.
        let count = min(most, kept - min(disowned, kept))
        disowned += count
        return count
    }

    func write(_ number: Int32, _ bytes: UnsafeRawBufferPointer) -> LayerAttempt {
        lend(number)
        defer { takeBack() }
        if let failed = failure(writing: true) { return failed }
        guard channel.send() else { return .wantsWrite }
        if let failed = failure(writing: true) { return failed }
        disowned = 0
        var total = 0
        if keepsMessages, bytes.count > Self.longestMessage { return .failed(.system(.messageTooLong, call: "write")) }
        let most = min(bytes.count, Self.mostAtOnce)
        while total < most {
            var count = 0
            // One at a time, so that it is known where each ends.
            let part = min(most - total, Self.longestRecord)
            let result = unsafe library.functions.SSL_write_ex(handle, bytes.baseAddress! + total, part, &count)
            guard result == 1 else {
                let attempt = outcome(result)
                _ = channel.send()
                if total > 0 { return .moved(total) }
                // A message of the handshake had come in part, and the end behind it.
                if case .end = attempt { return endTooSoon() }
                return attempt
            }
            total += count
            payloadBytes += count
            marks.append((payloadBytes, channel.bytesSent + channel.outputCount))
        }
        _ = channel.send()
        if marks.count > mostMarks { forgetMarks(number) }
        // What went wrong the next call says. Of these bytes it is known how many are gone.
        return .moved(total)
    }

    func payload(amongLast count: Int) -> Int {
        payload(behind: channel.bytesSent - count) - min(disowned, payload(behind: channel.bytesSent))
    }

    /// What is carried by the records that do not end within the first bytes of all that was made of it.
    private func payload(behind records: Int) -> Int {
        payloadBytes - (marks.last { $0.records <= records }?.payload ?? 0)
    }

    /// Forgets of the records that are acknowledged all but the last. Where nobody can know they are all kept.
    private func forgetMarks(_ number: Int32) {
        if let queued = try? FileCalls.queued(number, .unacknowledged) {
            let gone = channel.bytesSent - queued
            if let last = marks.lastIndex(where: { $0.records <= gone }) { marks.removeFirst(last) }
        }
        mostMarks = max(Self.fewMarks, marks.count * 2)
    }

    func flush(_ number: Int32) -> LayerAttempt {
        if let failed = failure(writing: true) { return failed }
        lend(number)
        defer { takeBack() }
        guard channel.send() else { return .wantsWrite }
        return failure(writing: true) ?? .moved(0)
    }

    // MARK: - Ending

    func endWriting(_ number: Int32, inAnyCase: Bool) -> LayerAttempt {
        if saysEnd || inAnyCase { sayEnd(number) }
        return failure(writing: true) ?? .moved(0)
    }

    func close(_ number: Int32) {
        guard isEstablished else { return }
        sayEnd(number)
        if isClient, !hasFailed { dropInput(number) }
    }

    private func sayEnd(_ number: Int32) {
        guard !hasFailed, !hasSaidEnd, channel.writeFailure == nil else { return }
        hasSaidEnd = true
        lend(number)
        defer { takeBack() }
        _ = unsafe library.functions.SSL_shutdown(handle)
        _ = channel.send()
    }

    /// Takes what came and nobody will read: closing a socket with bytes in it resets the connection, and the peer may lose
    /// what it has not read yet. A server of TLS 1.3 sends tickets that no client has asked for.
    private func dropInput(_ number: Int32) {
        var room = BufferPool.shared.take()
        defer { BufferPool.shared.giveBack(room) }
        for _ in 0..<16 {
            let attempt = unsafe room.withUnsafeMutableBytes { unsafe read(number, into: $0) }
            guard case .moved = attempt else { return }
        }
    }

    // MARK: - What the library says

    private func lend(_ number: Int32) {
        channel.number = number
        channel.beginAttempt()
        if !channel.holdsInput { channel.input = BufferPool.shared.take() }
        if !channel.holdsOutput { swap(&channel.output, &Self.scratch) }
        library.functions.ERR_clear_error()
    }

    private func takeBack() {
        channel.number = -1
        if !channel.holdsInput {
            BufferPool.shared.giveBack(channel.input)
            channel.input = []
        }
        if channel.holdsOutput {
            channel.compactOutput()
        } else {
            Self.scratch = []
            swap(&channel.output, &Self.scratch)
        }
    }

    private func failure(writing: Bool) -> LayerAttempt? {
        let cause = writing ? sendingFailure : channel.readFailure.map { .system($0, call: "read") }
        return cause.map { .failed($0) }
    }

    /// What a call that did not succeed came to.
    private func outcome(_ result: Int32) -> LayerAttempt {
        switch unsafe library.functions.SSL_get_error(handle, result) {
        case TLSNumber.Outcome.wantsRead:
            if channel.isTired { return channel.outputCount > TLSChannel.mostAnswers ? .wantsWrite : .wantsTurn }
            return failure(writing: true) ?? .wantsRead
        case TLSNumber.Outcome.wantsWrite: return .wantsWrite
        case TLSNumber.Outcome.ended: return .end
        default: break
        }
        let errors = library.takeErrors()
        // Before they have agreed each waits for the other, and either way may be what broke.
        if let failed = failure(writing: false) ?? (isEstablished ? nil : failure(writing: true)) { return failed }
        hasFailed = true
        let story = TLSErrorStory(
            errors: errors, hasEnded: channel.hasEnded, isEstablished: isEstablished, isClient: isClient,
            firstBytes: channel.firstBytes)
        if story.isAboutTrust { return .failed(.tls(distrust())) }
        return .failed(.tls(story.failure))
    }

    /// Why the other side's certificate was not believed.
    private func distrust() -> TLSFailure {
        TLSVerification(self).failure ?? TLSFailure(.untrusted, "the certificate was not accepted")
    }
}
