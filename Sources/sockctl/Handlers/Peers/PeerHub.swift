import SockKit

/// `listen -k` in pipe mode: standard input goes to every peer present, and what the peers send to standard output, in
/// whole lines while there is more than one.
@Netpoller
final class PeerHub: Service {
    private let streams: PairedStream
    private let views: PeerViews
    private let input: any ByteStream
    private let rules: EndingArguments
    private let lineDelay: Duration

    private var guests: [Int: Guest] = [:]
    private let arrival = Parking()
    private var inputEnded = false
    private var hadInput = false
    /// Standard output has gone: nobody is left to serve.
    var onOutputGone: (@Netpoller () -> Void)?
    /// Standard output, or a copy, cannot be written.
    var onFailure: (@Netpoller (ExitStatus) -> Void)?
    private let reporter: Reporter

    /// A peer, and what it has of standard input and output.
    @Netpoller
    private final class Guest {
        let peer: Peer
        let view: PeerView
        /// An unfinished line.
        var pending: [UInt8] = []
        var lastSent = Deadline.now
        /// Where it waits after its end; standard input's end wakes it.
        let rest = Parking()

        init(_ peer: Peer, _ view: PeerView) {
            self.peer = peer
            self.view = view
        }
    }

    /// A line longer than this is passed on in pieces: memory is bounded whatever a peer sends.
    private static let longestLine = 64 * 1024

    init(_ streams: PairedStream, _ arguments: PeerArguments, _ copies: PayloadCopies, reporter: Reporter) {
        self.streams = streams
        self.reporter = reporter
        views = PeerViews(arguments, copies)
        input = views.near(streams)
        rules = arguments.ending
        lineDelay = arguments.pace.lineDelay
        copies.onFailure = { [weak self] error in self?.onFailure?(reporter.fail(error)) }
    }

    // MARK: - Standard input, to everybody

    /// Reads standard input to its end, while there is anybody to send it to.
    func distribute() async {
        guard streams.source != nil else { return }
        do throws(NetworkError) {
            while !Task.isCancelled {
                // Nothing is taken that nobody could be given.
                if guests.isEmpty, await arrival.wait() != .ready { return }
                let chunk = try await input.readChunk(maximum: nil)
                guard !chunk.isEnd else { break }
                hadInput = true
                let bytes = chunk.copy()
                chunk.giveBack()
                await sendApart(bytes)
            }
        } catch {
            if error.cause != .cancelled { onFailure?(reporter.fail(error)) }
            return
        }
        inputEnded = true
        for guest in guests.values {
            sayEnd(to: guest)
            guest.rest.wake()
        }
    }

    /// All at once, or line by line where lines are to be apart.
    private func sendApart(_ bytes: [UInt8]) async {
        let lines = lineDelay > .zero ? bytes.split(after: UInt8(ascii: "\n")) : [bytes[...]]
        for line in lines { await send(Array(line)) }
    }

    /// To one after the other, each to the end: a peer that does not read holds up the others rather than lose a byte.
    private func send(_ bytes: [UInt8]) async {
        for guest in guests.values.sorted(by: { $0.peer.number < $1.peer.number }) {
            do throws(NetworkError) {
                try await guest.view.stream.write(bytes)
                guest.lastSent = .now
            } catch {
                // Its own task reads the reset, reports and closes; a time-out of ours it would not notice.
                if error.cause == .timeout { guest.peer.fail(error) }
            }
        }
    }

    private func sayEnd(to guest: Guest) {
        guard rules.halfClose != .never, rules.halfClose == .always || hadInput else { return }
        try? guest.peer.closeWrite()
    }

    // MARK: - A peer, to standard output

    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        let guest = Guest(peer, views.far(peer, through: peer.stream))
        guests[peer.number] = guest
        defer { guests[peer.number] = nil }
        if inputEnded { sayEnd(to: guest) } else { arrival.wake() }
        var failure: NetworkError?
        do throws(NetworkError) { try await receive(from: guest) } catch { failure = error }
        await flush(guest)
        if let failure { throw failure }
        // What is left to be sent is no reason to turn away somebody else.
        peer.hasLeft = true
        await waitForRest(guest)
        if let cutOff = guest.view.cutOff { throw cutOff }
        return .byPeer
    }

    private func receive(from guest: Guest) async throws(NetworkError) {
        while true {
            let chunk = try await guest.view.stream.readChunk(maximum: nil)
            guard !chunk.isEnd else { return }
            guest.pending += chunk.copy()
            chunk.giveBack()
            // A message is whole as it comes.
            if views.hasMessages { await flush(guest) } else { await flushWhole(guest) }
        }
    }

    /// What may be written now: all of it while the peer is alone, whole lines otherwise.
    private func flushWhole(_ guest: Guest) async {
        if guests.count == 1 || guest.pending.count > Self.longestLine { return await flush(guest) }
        guard let newline = guest.pending.lastIndex(of: UInt8(ascii: "\n")) else { return }
        let lines = Array(guest.pending[...newline])
        guest.pending.removeFirst(lines.count)
        await output(lines)
    }

    private func flush(_ guest: Guest) async {
        let rest = guest.pending
        guest.pending = []
        await output(rest)
    }

    private func output(_ bytes: [UInt8]) async {
        do throws(NetworkError) { try await streams.write(bytes) } catch {
            if error.isOutputGone { onOutputGone?() } else { onFailure?(reporter.fail(error)) }
        }
    }

    /// After the peer's end: nothing where standard input has ended or is a terminal, and otherwise until it has been
    /// silent for the grace.
    private func waitForRest(_ guest: Guest) async {
        guard let source = streams.source, !source.isTerminal, let grace = rules.inputGrace else { return }
        while !inputEnded {
            let end = guest.lastSent + grace
            if end.hasPassed { return }
            if await guest.rest.wait(until: end) != .deadline { return }
        }
    }
}

extension Array<UInt8> {
    /// The pieces that end with `last`, and what is left after the last of them.
    fileprivate func split(after last: UInt8) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var rest = self[...]
        while let end = rest.firstIndex(of: last) {
            pieces.append(rest[...end])
            rest = rest[(end + 1)...]
        }
        if !rest.isEmpty { pieces.append(rest) }
        return pieces
    }
}
