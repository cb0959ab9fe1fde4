import SockKit

/// A peer and standard input and output as they see each other: messages made of bytes, copies kept, line ends changed.
@Netpoller
struct PeerViews {
    private let arguments: PeerArguments
    private let copies: PayloadCopies

    init(_ arguments: PeerArguments, _ copies: PayloadCopies) {
        self.arguments = arguments
        self.copies = copies
    }

    private var frames: FrameRules? { arguments.frame.rules(sendsCRLF: arguments.transfer.isCRLF) }

    /// Whether what is read of a peer are whole messages.
    var hasMessages: Bool { frames != nil }

    /// What standard input gives, ready to be sent.
    func near(_ streams: any ByteStream) -> any ByteStream {
        if let frames { return TransformedStream(streams, FramesFromInput(frames)) }
        return arguments.transfer.isCRLF ? TransformedStream(streams, LineEndingTransform()) : streams
    }

    /// What a peer gives, ready to be written to standard output, read through `stream`.
    func far(_ peer: Peer, through stream: any ByteStream) -> PeerView {
        guard peer.policy.reads else { return PeerView(stream: dumped(UnreadStream(stream))) }
        guard let frames else { return PeerView(stream: dumped(stream)) }
        let messages = OutputFromFrames(frames, of: peer.names) { [peer] in
            peer.didReceiveMessage($0, bytes: $1)
        }
        let output = TransformedStream(dumped(stream), messages)
        guard copies.isWanted else { return PeerView(stream: output, messages: messages) }
        let kept = WatchedStream(copies.held(output), seesRead: { [copies] in copies.keep($0) })
        return PeerView(stream: kept, messages: messages)
    }

    /// The bytes of the wire are dumped; where they are the payload as well they are kept.
    private func dumped(_ stream: any ByteStream) -> any ByteStream {
        guard copies.isWanted else { return stream }
        let keeps = frames == nil
        // Where messages are made of the bytes, what is kept of them is not what is read here.
        guard copies.dumps || !keeps else { return copies.kept(stream) }
        guard copies.dumps else { return stream }
        return WatchedStream(
            copies.held(stream),
            seesRead: { [copies] bytes in
                if keeps { copies.see(bytes, .received) } else { copies.dump(bytes, .received) }
            },
            seesWritten: { [copies] bytes in copies.see(bytes, .sent) })
    }
}

/// A peer as standard output sees it.
@Netpoller
struct PeerView {
    let stream: any ByteStream
    var messages: OutputFromFrames?

    /// The peer ended inside a frame.
    var cutOff: NetworkError? { messages?.cutOff }

    /// Takes what there is of a message that has begun, and keeps it in the copies.
    func takeRest(_ copies: PayloadCopies) -> [UInt8] {
        guard let rest = messages?.takeRest(), !rest.isEmpty else { return [] }
        copies.keep(rest.span)
        return rest
    }

    /// Gives `sink` what there is of a message that has begun, where nothing more is read of the peer, and returns how
    /// many bytes were not taken. The task that calls it may be cancelled already, and a reader may take nothing.
    func giveRest(to sink: ByteSink, _ copies: PayloadCopies) async -> Int {
        let rest = takeRest(copies)
        guard !rest.isEmpty else { return 0 }
        let writing = Netpoller.spawn { () async -> Int in
            do throws(NetworkError) { try await sink.write(rest) } catch { return error.bytesTransferred }
            return rest.count
        }
        let limit = Netpoller.spawn { if await Netpoller.sleep(for: Self.patience) { writing.cancel() } }
        let gone = await writing.value
        limit.cancel()
        return rest.count - gone
    }

    /// So long the rest may wait for its reader.
    private static let patience = Duration.milliseconds(200)
}
