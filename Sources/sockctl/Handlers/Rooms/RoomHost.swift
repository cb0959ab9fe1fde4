import SockKit

/// Standard input and output, as they take part in a room.
@Netpoller
final class RoomHost: FanoutReader, FanoutSender {
    private let streams: PairedStream
    private let input: any ByteStream
    private let copies: PayloadCopies
    /// What was read and is not said yet.
    var inbox = RoomMember.Inbox()
    private let turn = Parking()
    /// Told that standard output cannot be written any more.
    var onLoss: (@Netpoller (NetworkError) -> Void)?
    /// How much was written of a piece whose write was cancelled.
    private(set) var takenOfLast = 0

    nonisolated static let prefix = Array("<host> ".utf8)

    init(_ streams: PairedStream, _ input: any ByteStream, _ copies: PayloadCopies) {
        self.streams = streams
        self.input = input
        self.copies = copies
        super.init(author: 0)
    }

    // MARK: - Standard output

    override func write(_ bytes: Span<UInt8>) async throws(NetworkError) {
        if copies.isWanted {
            await copies.waitForRoom()
            copies.keep(bytes)
        }
        try await streams.write(bytes)
    }

    override func lose(_ error: NetworkError) {
        if error.cause == .cancelled { takenOfLast = error.bytesTransferred } else { onLoss?(error) }
    }

    override var mayBeDropped: Bool { false }

    // MARK: - Standard input

    /// Takes what standard input gives; false at its end.
    func read() async throws(NetworkError) -> Bool {
        let chunk = try await input.readChunk(maximum: nil)
        if chunk.isEnd { return false }
        chunk.withBytes { inbox.put($0) }
        chunk.giveBack()
        return true
    }

    /// Waits until those who keep up have caught up.
    func waitForTurn(in fanout: Fanout) async {
        while fanout.hold.isHeld, !Task.isCancelled {
            fanout.hold.wait(self)
            _ = await turn.wait()
        }
    }

    func goOn() { turn.wake() }
}
