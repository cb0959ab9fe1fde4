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

/// One of several readers of a peer: what it reads is told as its own, and counted.
@Netpoller
final class TalliedStream: WrappedStream {
    private let peer: Peer
    private let tally: ReadTally.Stream
    private let reader: Int
    private let isNamed: Bool

    /// `reader` counts from 1; it is named in reports where there are others.
    init(_ peer: Peer, _ tally: ReadTally.Stream, reader: Int, isNamed: Bool) {
        self.peer = peer
        self.tally = tally
        self.reader = reader
        self.isNamed = isNamed
        super.init(peer)
    }

    override func readChunk(maximum: Int?) async throws(NetworkError) -> Chunk {
        let chunk = try await peer.readChunk(maximum: maximum, reader: isNamed ? reader : nil)
        tally.reader = reader
        chunk.withBytes { tally.take($0) }
        return chunk
    }

    override var plainSource: PlainDescriptor? { nil }
}

extension ReadTally {
    /// As many views of a peer as there are readers, each read at the peer's pace.
    func views(of peer: Peer) -> (readers: [any ByteStream], stream: Stream) {
        let stream = Stream(self, peer)
        let views = (1...readers).map { reader -> any ByteStream in
            let view = TalliedStream(peer, stream, reader: reader, isNamed: readers > 1)
            return peer.policy.isFree ? view : PacedStream(view, peer.policy.pace)
        }
        return (views, stream)
    }
}

/// Reads and drops, by several readers at once, and counts.
struct CountingService: Service {
    let tally: ReadTally

    func serve(_ peer: Peer) async throws(NetworkError) -> ServiceEnd {
        let (views, stream) = tally.views(of: peer)
        let others = views.dropFirst().map { view in Netpoller.spawn { await read(view) } }
        var failure = await read(views[0])
        // The end is for all of them; a failure is told to one, whichever that is, and so is a cancellation.
        if failure != nil { for task in others { task.cancel() } }
        for task in others {
            let other = await task.value
            if failure == nil, other?.cause != .cancelled { failure = other }
        }
        stream.finish()
        if let failure { throw failure }
        return .byPeer
    }

    /// Reads to the end; returns what ended it before.
    @Netpoller
    private func read(_ view: any ByteStream) async -> NetworkError? {
        var rounds = 0
        do throws(NetworkError) {
            while try await view.discard() != nil {
                rounds += 1
                if tally.readers > 1 || rounds % 16 == 0 { await Task.yield() }
            }
            return nil
        } catch {
            return error
        }
    }
}
