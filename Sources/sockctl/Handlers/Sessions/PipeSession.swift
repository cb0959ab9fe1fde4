import SockKit

/// Standard input and output, and what is done with the bytes on their way: what `dial` and `listen` join a peer to.
///
/// With `--reconnect` one connection follows another, and what was taken of standard input goes to the next.
@Netpoller
final class PipeSession: Service {
    let arguments: PeerArguments
    let persistence: PersistenceArguments
    let streams: PairedStream
    private let copies: PayloadCopies
    private let reporter: Reporter
    private let views: PeerViews
    private let isListening: Bool
    private let tally: ReadTally?
    private let progress: Progress

    /// What standard input still has to give.
    private var near: any ByteStream
    /// Standard input gave something, to this connection or to one before it.
    private var hasGiven = false
    private(set) var result: RelayResult?
    var heartbeat: Heartbeat?

    init(
        _ arguments: PeerArguments, _ streams: PairedStream, _ copies: PayloadCopies, _ reporter: Reporter,
        isListening: Bool, persistence: PersistenceArguments = PersistenceArguments(), tally: ReadTally? = nil
    ) {
        self.arguments = arguments
        self.persistence = persistence
        self.streams = streams
        self.copies = copies
        self.reporter = reporter
        self.isListening = isListening
        self.tally = tally
        views = PeerViews(arguments, copies)
        near = views.near(streams)
        progress = Progress(
            reporter, total: streams.source?.size,
            sharesTerminal: streams.sink?.isTerminal ?? false || streams.source?.isTerminal ?? false)
    }

    /// Bytes of standard input that were for a connection that never came: those that were taken, and the rest of a file.
    var bytesKept: Int { ((near as? PrefixedStream)?.bytesLeft ?? 0) + (result.map { rest(of: $0) } ?? 0) }

    /// Nothing more is shown of how far it is.
    func finish() { progress.finish() }

    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        copies.end(peer)
        peer.progress = progress
        progress.begin()
        let tallied = tally?.views(of: peer)
        let far = (tallied?.readers ?? [peer.stream]).map { views.far(peer, through: $0) }
        let result = await relay(peer, far.map(\.stream))
        tallied?.stream.finish()
        self.result = result
        await giveRest(of: far[0])
        keepForTheNext(result)
        if arguments.transfer.sendsOnly, case .done = result.ending {
            // Nobody waits for the peer's end, but what was sent is to arrive.
            try await peer.settle(until: arguments.ending.quitAfter.map { .now + $0 }, mustArrive: true)
            try await peer.connection.partSecurely()
            accountForRest(peer)
        }
        if case .done = result.ending, result.farEnded, result.bytesToFar > 0 { try await seeArrive(peer) }
        if case .quit = result.ending { await seeTaken(peer) }
        let outcome = try end(result, peer, cutOff: far[0].cutOff)
        // An end that fails is accounted for where that is told; of a reader that has gone nobody expects that it had all.
        switch result.ending {
        case .nearGone: break
        case .quit: accountForRest(peer)
        default: accountForOutput(peer)
        }
        return outcome
    }

    // MARK: - Joining

    private func relay(_ peer: Peer, _ readers: [any ByteStream]) async -> RelayResult {
        let relay = Relay(near, readers[0], readers: readers, rules: rules(peer)) { [self, reporter] event in
            guard event.ended == .far || event.isPassedOn else { return }
            // Nothing can be sent any more once our end was said.
            if event.ended == .near { heartbeat?.stop() }
            // Under TLS this side's end is not told, unless that is asked for.
            let isTold = event.ended == .far || peer.connection.saysEnd
            reporter.report(
                HalfClosedEvent(ends: peer.ends, by: event.ended == .near ? .local : .peer, told: isTold ? nil : false))
        }
        peer.onStop = { relay.stop() }
        let beats = startHeartbeat(peer)
        let result = await relay.run()
        beats?.cancel()
        return result
    }

    private func rules(_ peer: Peer) -> RelayRules {
        var rules = RelayRules()
        let ending = arguments.ending
        let isUnlessEmpty = ending.halfClose == .automatic && (isListening || persistence.heartbeat != nil)
        rules.nearEnd.notice =
            ending.halfClose == .never ? .never : isUnlessEmpty && !hasGiven ? .unlessEmpty : .always
        rules.nearEnd.wait =
            arguments.transfer.sendsOnly ? .nothing : ending.quitAfter.map { .atMost($0) } ?? restOfFar(peer)
        rules.readsNear = streams.source != nil
        rules.farEnd.notice = persistence.reconnects ? .never : .always
        rules.farEnd.wait = farWait
        // Each read of standard input is a message by itself.
        rules.chunkSize = peer.connection.longestMessage.map { arguments.pace.writeSize ?? $0 }
        return rules
    }

    /// Datagrams have no end that could be waited for, unless it was told that this side's has come.
    private func restOfFar(_ peer: Peer) -> RelayRules.End.Wait {
        let isDatagram = peer.connection.network.kind == .datagram
        guard isDatagram, !peer.connection.saysEnd else { return .otherSide }
        return arguments.ending.inputGrace.map { .silence($0) } ?? .otherSide
    }

    /// How long standard input is waited for after the peer's end depends on what it is.
    private var farWait: RelayRules.End.Wait {
        if persistence.reconnects { return .nothing }
        // Who only sends is not done before standard input is.
        if arguments.transfer.sendsOnly { return .otherSide }
        guard let source = streams.source, !arguments.ending.isHalfOpen, !source.isFile else { return .otherSide }
        if source.isTerminal { return .nothing }
        return arguments.ending.inputGrace.map { .silence($0) } ?? .otherSide
    }

    /// However the reading ended, what there is of a message is given as it is at the peer's end.
    private func giveRest(of view: PeerView) async {
        guard let result, let sink = streams.sink else { return }
        if case .nearGone = result.ending { return }
        // Behind a gap it would be taken for what stood there.
        guard result.ungiven == 0 else {
            self.result?.ungiven += view.takeRest(copies).count
            return
        }
        let lost = await view.giveRest(to: sink, copies)
        self.result?.ungiven = lost
    }

    private func keepForTheNext(_ result: RelayResult) {
        hasGiven = hasGiven || result.bytesToFar + result.unsent.count > 0
        guard persistence.reconnects, !result.unsent.isEmpty || result.nearEnded else { return }
        near =
            (near as? PrefixedStream)?.prefixed(by: result.unsent, isLast: result.nearEnded)
            ?? PrefixedStream(result.unsent, near, isLast: result.nearEnded)
    }

    // MARK: - How it ended

    private func end(
        _ result: RelayResult, _ peer: Peer, cutOff: NetworkError?
    ) throws(NetworkError) -> ServiceEnd {
        switch result.ending {
        case .failed(let error): throw error
        case .cancelled: throw peer.failure ?? peer.names.failure(.read, .cancelled)
        case .nearGone: return .byUs
        case .quit:
            if let cutOff { throw cutOff }
            return .byUs
        case .otherStayedOpen:
            // A reset after its end nobody was waiting to be told of. With our own way open nothing else closes it.
            if peer.connection.tcpInfo?.state == .closed {
                throw peer.names.failure(.read, .system(.connectionReset, call: "read"))
            }
            // Of datagrams the silence after our own end is the end.
            if !result.nearEnded { reporter.report(InputUnfinishedEvent()) }
        case .done:
            if persistence.reconnects, result.farEnded, hasMoreToSay(result) {
                throw peer.names.failure(.read, .peerEnded("the peer ended the connection"))
            }
        }
        if let cutOff { throw cutOff }
        return result.farEnded ? .byPeer : .byUs
    }

    /// Standard input goes on, or heartbeats do in its place.
    private func hasMoreToSay(_ result: RelayResult) -> Bool {
        guard streams.source != nil else { return false }
        return !result.nearEnded || persistence.heartbeat != nil && !result.saidEnd
    }
}
