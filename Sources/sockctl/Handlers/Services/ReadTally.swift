import SockKit

/// What the readers of `listen` got, over all peers: who read how much, and how many messages were torn.
@Netpoller
final class ReadTally {
    let readers: Int
    private let messageSize: Int?
    private let reporter: Reporter
    private var bytes: [Int]
    private var messages = 0
    private var torn = 0
    private var unfinished = 0

    /// More torn messages than these are only counted.
    private static let mostTold = 5

    init(_ arguments: ReaderArguments, reporter: Reporter) {
        readers = arguments.readers ?? 1
        messageSize = arguments.messageSize
        self.reporter = reporter
        bytes = Array(repeating: 0, count: readers)
    }

    /// One connection's stream, in the order in which it was read.
    @Netpoller
    final class Stream {
        private let tally: ReadTally
        private let peer: Peer
        private var counter: MessageCounter?
        /// Whose read it is that is shown next, from 1.
        var reader = 1

        init(_ tally: ReadTally, _ peer: Peer) {
            self.tally = tally
            self.peer = peer
            counter = tally.messageSize.map { MessageCounter(size: $0) }
        }

        /// Takes what the present reader read.
        func take(_ bytes: Span<UInt8>) {
            tally.bytes[reader - 1] += bytes.count
            counter?.take(bytes) { index, pieces in tally.tell(peer, index, pieces) }
        }

        /// Nothing more comes.
        func finish() {
            guard let counter else { return }
            tally.messages += counter.messages
            tally.unfinished += counter.unfinished
            self.counter = nil
        }
    }

    private func tell(_ peer: Peer, _ index: Int, _ pieces: [BytePiece]) {
        torn += 1
        if torn <= Self.mostTold { reporter.report(TornEvent(ends: peer.ends, index: index, pieces: pieces)) }
    }

    func reportSummary() {
        var measures = [
            Measure("readers", .count(readers)), Measure("bytes", .bytes(bytes.reduce(0, +))),
        ]
        if readers > 1 { measures.append(Measure("reader_bytes", .counts(bytes))) }
        if let messageSize {
            measures += [
                Measure("message_size", .bytes(messageSize)), Measure("messages", .count(messages)),
                Measure("torn", .count(torn)), Measure("unfinished_bytes", .bytes(unfinished)),
            ]
        }
        reporter.report(SummaryEvent(measures: measures))
    }
}

/// Reads and drops, by several readers at once, and counts.
struct CountingService: Service {
    let tally: ReadTally

    func serve(_ peer: Peer) async throws(NetworkError) {
        let stream = ReadTally.Stream(tally, peer)
        let others = (1..<tally.readers).map { other in
            Netpoller.spawn { await read(other + 1, peer, stream) }
        }
        let failure = await read(1, peer, stream)
        // The end is for all of them; a failure or a cancellation is told to one.
        if failure != nil { for task in others { task.cancel() } }
        for task in others { _ = await task.value }
        stream.finish()
        if let failure { throw failure }
    }

    /// Reads to the end; returns what ended it before.
    @Netpoller
    private func read(_ reader: Int, _ peer: Peer, _ stream: ReadTally.Stream) async -> NetworkError? {
        var rounds = 0
        do throws(NetworkError) {
            while true {
                let chunk = try await peer.readChunk(reader: tally.readers > 1 ? reader : nil)
                guard !chunk.isEmpty else { return nil }
                stream.reader = reader
                chunk.withBytes { stream.take($0) }
                chunk.giveBack()
                rounds += 1
                if tally.readers > 1 || rounds % 16 == 0 { await Task.yield() }
            }
        } catch {
            return error
        }
    }
}
