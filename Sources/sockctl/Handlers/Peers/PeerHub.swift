import SockKit

/// `listen -k` in pipe mode: standard input goes to every peer present, and what the peers send to standard output, in
/// whole lines while there is more than one.
@Netpoller
final class PeerHub: Service {
    let streams: StandardStreams
    private let rules: EndingArguments
    let copies: Copies
    private let lineDelay: Duration
    private let isCRLF: Bool
    private var lineEndings = LineEndings()
    private let frames: FrameRules?
    var framer: InputFramer?

    private var guests: [Int: Guest] = [:]
    private let arrival = Parking()
    private var inputEnded = false
    var hadInput = false
    /// Standard output has gone: nobody is left to serve.
    var onOutputGone: (@Netpoller () -> Void)?
    /// Standard output, or a copy, cannot be written.
    var onFailure: (@Netpoller (ExitStatus) -> Void)?
    private let reporter: Reporter

    @Netpoller
    final class Guest {
        let peer: Peer
        /// An unfinished line.
        var pending: [UInt8] = []
        var lastSent = Deadline.now
        /// Where it waits after its end; standard input's end wakes it.
        let rest = Parking()

        init(_ peer: Peer) { self.peer = peer }
    }

    /// A line longer than this is passed on in pieces: memory is bounded whatever a peer sends.
    private static let longestLine = 64 * 1024

    init(_ streams: StandardStreams, _ arguments: PeerArguments, _ copies: Copies, reporter: Reporter) {
        self.streams = streams
        self.copies = copies
        self.reporter = reporter
        rules = arguments.ending
        lineDelay = arguments.pace.lineDelay
        isCRLF = arguments.transfer.isCRLF
        frames = arguments.frame.rules(sendsCRLF: arguments.transfer.isCRLF)
        framer = frames.map(InputFramer.init)
    }

    // MARK: - Standard input, to everybody

    /// Reads standard input to its end, while there is anybody to send it to.
    func distribute() async {
        guard let input = streams.input else { return }
        do throws(NetworkError) {
            while !Task.isCancelled {
                // Nothing is taken that nobody could be given.
                if guests.isEmpty, await arrival.wait() != .ready { return }
                let chunk = try await input.readChunk()
                if framer != nil {
                    if try await distributeMessages(chunk) { continue } else { break }
                }
                guard !chunk.isEmpty else { break }
                hadInput = true
                let bytes = isCRLF ? chunk.withBytes { lineEndings.convert($0) } : chunk.copy()
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
    func send(_ bytes: [UInt8]) async {
        for guest in guests.values.sorted(by: { $0.peer.number < $1.peer.number }) {
            do throws(NetworkError) {
                try await guest.peer.write(bytes)
                guest.lastSent = .now
                copies.see(bytes.span, .sent)
            } catch {
                // Its own task reads the reset, reports and closes; a time-out of ours it would not notice.
                if error.cause == .timeout, !guest.peer.isFinishing, !guest.peer.wasIdle { guest.peer.fail(error) }
            }
        }
    }

    private func sayEnd(to guest: Guest) {
        guard rules.halfClose != .never, rules.halfClose == .always || hadInput else { return }
        try? guest.peer.connection.closeWrite()
    }

    // MARK: - A peer, to standard output

    nonisolated var endsFirst: Bool { false }

    func serve(_ peer: Peer) async throws(NetworkError) {
        let guest = Guest(peer)
        guests[peer.number] = guest
        defer { guests[peer.number] = nil }
        if inputEnded { sayEnd(to: guest) } else { arrival.wake() }
        var cutOff: NetworkError?
        do throws(NetworkError) {
            if let frames {
                cutOff = try await receiveMessages(frames, from: guest)
            } else {
                try await receive(from: guest)
            }
        } catch {
            await flush(guest)
            throw error
        }
        await flush(guest)
        await waitForRest(guest)
        if let cutOff { throw cutOff }
    }

    private func receive(from guest: Guest) async throws(NetworkError) {
        if !guest.peer.conduct.reads { return try await guest.peer.connection.waitUntilGone() }
        while true {
            let chunk = try await guest.peer.readChunk()
            guard !chunk.isEmpty else { return }
            chunk.withBytes { copies.see($0, .received) }
            guest.pending += chunk.copy()
            chunk.giveBack()
            await flushWhole(guest)
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

    func output(_ bytes: [UInt8]) async {
        do throws(NetworkError) {
            try await streams.output?.write(bytes)
        } catch {
            if error.isOutputGone { onOutputGone?() } else { onFailure?(reporter.fail(error)) }
        }
    }

    /// After the peer's end: nothing where standard input has ended or is a terminal, and otherwise until it has been
    /// silent for the grace.
    private func waitForRest(_ guest: Guest) async {
        guard let input = streams.input, !input.isTerminal, let grace = rules.inputGrace else { return }
        while !inputEnded {
            let end = guest.lastSent + grace
            if end.hasPassed { return }
            if await guest.rest.wait(until: end) != .deadline { return }
        }
    }
}
