import SockKit

/// A service in which standard input and output take part.
@Netpoller
protocol HostedService: Service, AnyObject {
    /// Reads standard input to its end, while there is anybody to send it to.
    func distribute() async
    /// Writes what is left for standard output.
    func finish() async
    /// Standard output has gone: nobody is left to serve.
    var onOutputGone: (@Netpoller () -> Void)? { get set }
    /// Standard input cannot be read, or standard output or a copy cannot be written.
    var onFailure: (@Netpoller (ExitStatus) -> Void)? { get set }
}

/// `--serve chat` and `--serve broker`: what one peer says goes to all the others, and standard input and output take part.
///
/// A broker passes bytes on, those of one read together; a chat whole lines, each with its author's name in front, and
/// tells who comes and goes.
@Netpoller
final class Room: HostedService {
    enum Manner: Sendable {
        case chat, broker
    }

    private let manner: Manner
    private let fanout: Fanout
    private let copies: PayloadCopies
    private let reporter: Reporter
    private let host: RoomHost
    private let announcements: Announcements?
    private let arrival = Parking()
    private let order = FinishOrder()

    var onOutputGone: (@Netpoller () -> Void)?
    var onFailure: (@Netpoller (ExitStatus) -> Void)?

    /// How long a peer that has ended has to take what it has still to hear.
    private static let patience = Duration.seconds(5)

    init(
        _ manner: Manner, _ streams: PairedStream, _ arguments: PeerArguments, _ copies: PayloadCopies,
        limits: Fanout.Limits, keepsMessages: Bool, reporter: Reporter
    ) {
        self.manner = manner
        self.copies = copies
        self.reporter = reporter
        fanout = Fanout(limits, keepsMessages: keepsMessages, reporter: reporter)
        host = RoomHost(streams, PeerViews(arguments, copies).near(streams), copies)
        announcements = manner == .chat ? Announcements(fanout) : nil
        copies.onFailure = { [weak self] error in self?.onFailure?(reporter.fail(error)) }
        host.onLoss = { [weak self] error in
            if error.isOutputGone { self?.onOutputGone?() } else { self?.onFailure?(reporter.fail(error)) }
        }
        if streams.sink != nil || copies.isWanted { fanout.add(host) }
    }

    // MARK: - Peers

    private func member(of peer: Peer) -> RoomMember {
        if let member = peer.conversation as? RoomMember { return member }
        let member = RoomMember(peer, copies, order)
        peer.conversation = member
        peer.onStop = { member.goOn() }
        fanout.add(member, greeting: announcements?.greeting(member) ?? [])
        announcements?.joined(member)
        arrival.wake()
        return member
    }

    /// A peer that is lost or dropped while the fan-out writes is woken in the middle of that: it says nothing then.
    func serveNow(_ peer: Peer) -> ServiceRound {
        guard peer.mayRest, !copies.isFull else { return .goesOn }
        let member = member(of: peer)
        do throws(NetworkError) {
            for _ in 0..<2 {
                if member.isEnding { return .goesOn }
                guard passOn(member) else { return standInLine(member) }
                guard let chunk = try peer.readNow() else { return rest(peer) }
                // Its parting may have to wait; the end can be read again.
                if chunk.isEnd { return .goesOn }
                take(chunk, from: member)
                chunk.giveBack()
            }
        } catch {
            peer.leftover = Leftover(failure: error)
            return .goesOn
        }
        // Who has more to say than that lets the others speak first.
        return passOn(member) ? rest(peer) : standInLine(member)
    }

    private func rest(_ peer: Peer) -> ServiceRound { peer.rest() ? .rests : .goesOn }

    private func standInLine(_ member: RoomMember) -> ServiceRound {
        member.standInLine(of: fanout)
        return .rests
    }

    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        let member = member(of: peer)
        do throws(NetworkError) {
            let end = try await listen(to: member)
            if !end.isRest { await part(member, isLost: false) }
            return end
        } catch {
            // What had come before a reset was said.
            finishLine(of: member)
            await part(member, isLost: !peer.isFinishing)
            throw error
        }
    }

    private func listen(to member: RoomMember) async throws(NetworkError) -> ServiceEnd {
        let peer = member.peer
        if let failure = peer.takeLeftover()?.failure { throw failure }
        while true {
            while !passOn(member), !member.isEnding, !Task.isCancelled { await member.waitForTurn(in: fanout) }
            if let failure = peer.failure { throw failure }
            if member.isEnding { return .byUs }
            if peer.mayRest, !peer.connection.isReadable { return .rest }
            await copies.waitForRoom()
            let chunk = try await peer.stream.readChunk(maximum: nil)
            if chunk.isEnd {
                finishLine(of: member)
                return .byPeer
            }
            take(chunk, from: member)
            chunk.giveBack()
            await Task.yield()
        }
    }

    /// A peer leaves; one that came to an orderly end gets what was said before.
    private func part(_ member: RoomMember, isLost: Bool) async {
        let peer = member.peer
        peer.hasLeft = true
        let rest = fanout.remove(member)
        announcements?.left(member, isFinishing: peer.isFinishing && !peer.isCutOff)
        if isLost || peer.isCutOff { return member.stopWriter() }
        if peer.pacing == nil { peer.connection.writeDeadline = .now + Self.patience }
        await member.finishWriting()
        do throws(NetworkError) {
            for piece in rest { try await member.write(piece.bytes.span.extracting(piece.range)) }
        } catch {
            // What it does not take now it does not want.
        }
    }

    // MARK: - What is said

    private func take(_ chunk: borrowing Chunk, from member: RoomMember) {
        chunk.withBytes { bytes in
            if copies.isWanted { copies.dump(bytes, .received) }
            member.inbox.put(bytes)
        }
    }

    /// Says what a member said; false if it has to wait for its turn.
    private func passOn(_ member: RoomMember) -> Bool {
        while !member.inbox.isEmpty {
            if fanout.hold.isHeld { return false }
            guard let part = manner == .chat ? member.inbox.takeLine() : member.inbox.takeRest() else { return true }
            say(part, of: member)
        }
        return true
    }

    private func say(_ part: Range<Int>, of member: RoomMember) {
        let said = member.inbox.bytes
        guard let announcements else {
            return fanout.say(member.author, by: member) { $0.append(said.span.extracting(part)) }
        }
        announcements.introduce(member)
        fanout.say(member.author, by: member) {
            ChatText.append(member.prefix, said.span.extracting(part), to: &$0)
        }
    }

    /// A last line needs no newline to be heard.
    private func finishLine(of member: RoomMember) {
        if let rest = member.inbox.takeRest() { say(rest, of: member) }
    }

    // MARK: - The host

    func distribute() async {
        do throws(NetworkError) {
            while !Task.isCancelled {
                // Nothing is taken that nobody could be given.
                guard await waitForSomebody() else { return }
                await host.waitForTurn(in: fanout)
                guard try await host.read() else { break }
                // The last one may have left while it was read.
                guard await waitForSomebody() else { return tellUnheard() }
                await sayHosts()
                await Task.yield()
            }
            finishHosts()
        } catch {
            if error.cause != .cancelled { onFailure?(reporter.fail(error)) }
        }
    }

    /// Waits until there is a member that can hear anything; false if that was ended.
    private func waitForSomebody() async -> Bool {
        while !fanout.readers.contains(where: { $0 !== host && !$0.isGone }) {
            if await arrival.wait() != .ready { return false }
        }
        return true
    }

    /// What was read of standard input, and nobody came any more to hear.
    private func tellUnheard() {
        guard let rest = host.inbox.takeRest() else { return }
        reporter.report(InputDroppedEvent(bytes: rest.count, sent: rest.count, unsent: rest.count))
    }

    private func sayHosts() async {
        while let part = manner == .chat ? host.inbox.takeLine() : host.inbox.takeRest() {
            sayHosts(part)
            await host.waitForTurn(in: fanout)
        }
    }

    private func finishHosts() {
        if let rest = host.inbox.takeRest() { sayHosts(rest) }
    }

    private func sayHosts(_ part: Range<Int>) {
        let said = host.inbox.bytes
        fanout.say(host.author, by: host.fanout == nil ? nil : host) {
            if manner == .chat {
                ChatText.append(RoomHost.prefix, said.span.extracting(part), to: &$0)
            } else {
                $0.append(said.span.extracting(part))
            }
        }
    }

    /// Whoever reads standard output has a moment to take what is left; what it does not take is told. After an order to
    /// finish it is the same moment as the peers have.
    func finish() async {
        fanout.flush()
        // Whoever reads has a moment even where the peers have used up all of it.
        let end = max((order.moment ?? .now) + Self.patience, .now + .milliseconds(200))
        let limit = Netpoller.spawn { [host, fanout] in
            guard await Netpoller.sleep(until: end) else { return 0 }
            defer { host.stopWriter() }
            return fanout.waiting(host)
        }
        await host.finishWriting()
        limit.cancel()
        let left = await limit.value - host.takenOfLast
        if left > 0 { reporter.report(SlowEvent(ends: nil, bytes: left, action: .skip)) }
    }
}
