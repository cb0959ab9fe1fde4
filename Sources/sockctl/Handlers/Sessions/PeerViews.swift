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
}
