import SockKit

/// `listen -k` in pipe mode: standard input goes to every peer present, and what the peers send to standard output, in
/// whole lines while there is more than one. A peer that does not read keeps nobody waiting who does.
@Netpoller
final class PeerHub: HostedService, FanoutSender {
    private let streams: PairedStream
    private let copies: PayloadCopies
    private let views: PeerViews
    private let input: any ByteStream
    private let rules: EndingArguments

    private let fanout: Fanout
    private var guests: [Int: HubGuest] = [:]
    private let arrival = Parking()
    private var inputEnded = false
    /// How much of standard input was read.
    private var received = 0
    private var isOutputGone = false
    private var hasOutputFailed = false
    /// Standard output has gone: nobody is left to serve.
    var onOutputGone: (@Netpoller () -> Void)?
    /// Standard output, or a copy, cannot be written.
    var onFailure: (@Netpoller (ExitStatus) -> Void)?
    private let reporter: Reporter

    /// Whom standard input is from: no guest's number.
    private static let author = 0
    private let turn = Parking()

    /// A line longer than this is passed on in pieces: memory is bounded whatever a peer sends.
    private static let longestLine = 64 * 1024
    /// How long a peer has to take what is queued for it, once the order to finish has come.
    private static let patience = Duration.seconds(5)

    init(
        _ streams: PairedStream, _ arguments: PeerArguments, _ copies: PayloadCopies, limits: Fanout.Limits,
        keepsMessages: Bool, reporter: Reporter
    ) {
        self.streams = streams
        self.reporter = reporter
        self.copies = copies
        views = PeerViews(arguments, copies)
        input = views.near(streams)
        rules = arguments.ending
        fanout = Fanout(limits, keepsMessages: keepsMessages, reporter: reporter)
        copies.onFailure = { [weak self] error in self?.onFailure?(reporter.fail(error)) }
    }

    // MARK: - Standard input, to everybody

    /// Reads standard input to its end, while there is anybody to send it to.
    func distribute() async {
        guard streams.source != nil else { return }
        do throws(NetworkError) {
            while !Task.isCancelled {
                // Nothing is taken that nobody could be given.
                guard await waitForSomebody() else { return }
                await waitForTurn()
                let chunk = try await input.readChunk(maximum: nil)
                guard !chunk.isEnd else { break }
                received += chunk.count
                // The last one may have left while it was read.
                if await waitForSomebody() {
                    chunk.withBytes { bytes in fanout.say(Self.author) { $0.append(bytes) } }
                } else {
                    reporter.report(InputDroppedEvent(bytes: chunk.count, sent: received, unsent: chunk.count))
                }
                chunk.giveBack()
                // An input that never waits, as a file, leaves the loop to others all the same.
                await Task.yield()
            }
        } catch {
            if error.cause != .cancelled { onFailure?(reporter.fail(error)) }
            return
        }
        inputEnded = true
        fanout.flush()
        for guest in guests.values {
            if !guest.isGone, fanout.waiting(guest) == 0 { sayEnd(to: guest) }
            guest.pause.wake()
        }
    }

    /// Waits until there is a peer that can be given anything; false if that was ended.
    private func waitForSomebody() async -> Bool {
        while !guests.values.contains(where: { !$0.isGone }) {
            if await arrival.wait() != .ready { return false }
        }
        return true
    }

    /// Waits until the peers that keep up have caught up; where none does, until one has.
    private func waitForTurn() async {
        while fanout.hold.isHeld, !Task.isCancelled {
            fanout.hold.wait(self)
            _ = await turn.wait()
        }
    }

    func goOn() { turn.wake() }

    private func sayEnd(to guest: HubGuest) {
        guard rules.halfClose != .never, rules.halfClose == .always || received > 0 else { return }
        try? guest.peer.closeWrite()
    }

    func finish() async {}

    // MARK: - A peer, to standard output

    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        let guest = HubGuest(peer, views.far(peer, through: peer.stream))
        guest.onCaughtUp = { [weak self, weak guest] in
            if let self, let guest, inputEnded { sayEnd(to: guest) }
        }
        guests[peer.number] = guest
        fanout.add(guest)
        defer { part(guest) }
        if inputEnded { sayEnd(to: guest) } else { arrival.wake() }
        var failure: NetworkError?
        do throws(NetworkError) { try await receive(from: guest) } catch { failure = error }
        takeRest(of: guest)
        await flush(guest)
        tellUngiven(guest)
        if let failure = failure ?? guest.loss {
            // Whoever was told to end gets what is queued for it first.
            if peer.isFinishing, !guest.isGone { try await finish(guest) }
            await guest.abandon()
            tellUntaken(guest, after: failure)
            throw failure
        }
        // What is left to be sent is no reason to turn away somebody else.
        peer.hasLeft = true
        let taken = guest.taken
        await waitForRest(guest)
        try await finish(guest)
        tellRefused(guest, of: taken)
        if let cutOff = guest.view.cutOff { throw cutOff }
        return .byPeer
    }

    /// What is still to be sent to a peer that ended first, or was told to end.
    private func finish(_ guest: HubGuest) async throws(NetworkError) {
        let peer = guest.peer
        if peer.isFinishing, !peer.hasExpired { peer.writeDeadline = .now + Self.patience }
        let wasGone = guest.isGone
        let rest = fanout.remove(guest)
        let underWay = guest.inFlight
        defer { tellUntaken(guest) }
        await guest.finishWriting()
        if !wasGone { guest.untaken -= underWay - guest.inFlight }
        if let loss = guest.loss { throw loss }
        for piece in rest {
            do throws(NetworkError) { try await guest.write(piece.bytes.span.extracting(piece.range)) } catch {
                guest.untaken -= error.bytesTransferred
                throw error
            }
            guest.untaken -= piece.range.count
        }
    }

    /// Says what was read of a peer, and whoever reads standard output did not take in time.
    @inline(never)
    private func tellUngiven(_ guest: HubGuest) {
        guard guest.ungiven > 0, !isOutputGone else { return }
        reporter.report(OutputDroppedEvent(bytes: guest.ungiven, received: guest.peer.received))
    }

    /// Says what was queued for a peer, and it did not take; of one that was lost also what its kernel did not acknowledge.
    @inline(never)
    private func tellUntaken(_ guest: HubGuest, after error: NetworkError? = nil) {
        let (left, peer) = (guest.untaken, guest.peer)
        let atRisk = peer.connection.bytesUnacknowledged
        let isLost = error?.endsConnection == true && atRisk ?? 0 > 0
        guard left > 0 || isLost else { return }
        guest.untaken = 0
        // A FIN would say that it has everything.
        peer.isCutOff = true
        reporter.report(
            InputDroppedEvent(
                connection: peer.number, bytes: atRisk.map { $0 + left }, sent: guest.taken + left,
                unsent: left + min(atRisk ?? 0, peer.connection.bytesUnsent ?? 0)))
    }

    /// Says what a peer that has gone for good refused of what it was given before its end. Whoever leaves while others talk
    /// misses what is said since, and that is no loss.
    @inline(never)
    private func tellRefused(_ guest: HubGuest, of all: Int) {
        let connection = guest.peer.connection
        guard connection.network.isTCP, connection.tcpInfo?.state == .closed else { return }
        let since = guest.taken - all
        let lost = (connection.bytesUnacknowledged ?? 0) - since
        guard lost > 0 else { return }
        reporter.report(
            InputDroppedEvent(
                connection: guest.peer.number, bytes: lost, sent: all,
                unsent: max(0, (connection.bytesUnsent ?? 0) - since)))
    }

    private func part(_ guest: HubGuest) {
        guests[guest.author] = nil
        fanout.remove(guest)
        guest.stopWriter()
        guest.onCaughtUp = nil
    }

    private func receive(from guest: HubGuest) async throws(NetworkError) {
        var rounds = 0
        while guest.ungiven == 0 {
            let chunk = try await guest.view.stream.readChunk(maximum: nil)
            guard !chunk.isEnd else { return }
            let seen = guest.pending.count
            guest.pending += chunk.copy()
            chunk.giveBack()
            // A message is whole as it comes.
            if views.hasMessages { await flush(guest) } else { await flushWhole(guest, seen) }
            // A peer that pours, into a file that never waits, leaves others their turn.
            rounds &+= 1
            if rounds % 16 == 0 { await Task.yield() }
        }
        // The wait for who reads standard output was ended: there is no use in reading on.
        throw guest.peer.names.failure(.write, .cancelled)
    }

    /// However the reading ended, what there is of a message is given as it is at the peer's end; behind a gap it would
    /// be taken for what stood there.
    private func takeRest(of guest: HubGuest) {
        guard !isOutputGone, !hasOutputFailed else { return }
        let rest = guest.view.takeRest(copies)
        if guest.ungiven > 0 { guest.ungiven += rest.count } else { guest.pending += rest }
    }

    /// What may be written now: all of it while the peer is alone, whole lines otherwise. The first bytes have been seen.
    private func flushWhole(_ guest: HubGuest, _ seen: Int) async {
        if guests.count == 1 || guest.pending.count > Self.longestLine { return await flush(guest) }
        guard let newline = guest.pending[seen...].lastIndex(of: UInt8(ascii: "\n")) else { return }
        let lines = Array(guest.pending[...newline])
        guest.pending.removeFirst(lines.count)
        await output(lines, of: guest)
    }

    private func flush(_ guest: HubGuest) async {
        let rest = guest.pending
        guest.pending = []
        await output(rest, of: guest)
    }

    private func output(_ bytes: [UInt8], of guest: HubGuest) async {
        do throws(NetworkError) { try await streams.write(bytes) } catch {
            if error.cause == .cancelled {
                guest.ungiven += bytes.count - error.bytesTransferred
            } else if error.isOutputGone {
                if !isOutputGone { onOutputGone?() }
                isOutputGone = true
            } else if !hasOutputFailed {
                hasOutputFailed = true
                onFailure?(reporter.fail(error))
            }
        }
    }

    /// After the peer's end: nothing where standard input has ended or is a terminal, and otherwise until it has been
    /// silent for the grace. Who only sends is not done before standard input is.
    private func waitForRest(_ guest: HubGuest) async {
        let sendsOnly = streams.sink == nil
        guard let source = streams.source, sendsOnly || !source.isTerminal else { return }
        guest.peer.conversation = guest
        // Nothing is read of it any more.
        guest.peer.connection.readTimeout = nil
        let watch = Netpoller.spawn {
            do throws(NetworkError) { try await guest.peer.waitUntilGone() } catch {
                if error.cause == .cancelled { return }
            }
            guest.hasHungUp = true
            guest.pause.wake()
        }
        defer {
            watch.cancel()
            guest.peer.conversation = nil
        }
        while !inputEnded, !guest.peer.isFinishing, !guest.isGone, !guest.hasHungUp {
            let end = sendsOnly ? nil : rules.inputGrace.map { guest.lastSent + $0 }
            if end?.hasPassed ?? false { return }
            if await guest.pause.wait(until: end) != .deadline { return }
        }
    }
}
