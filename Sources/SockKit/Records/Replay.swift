/// Plays to a target what a record's clients sent, at the times at which they did, and compares what comes back.
@Netpoller
public final class Replay {
    /// Makes a connection to the target, for a conversation.
    public typealias Dial = @Netpoller @Sendable (Recording.Conversation) async throws(NetworkError) -> Connection

    private let recording: Recording
    private let conversations: [Recording.Conversation]
    private let speed: Double
    private let patience: Duration
    private let dial: Dial
    /// Told how each conversation went, as they come to their ends.
    public var onOutcome: (@Netpoller (ReplayOutcome) -> Void)?

    /// `datagrams` says which kind of conversation is played: associations, or connections. `patience` is how long the
    /// target may be silent once all was sent, and how long it may leave what is sent to it unread.
    public init(_ recording: Recording, datagrams: Bool, speed: Double, patience: Duration, dial: @escaping Dial) {
        self.recording = recording
        conversations = recording.conversations.filter { $0.hasDatagrams == datagrams }.sorted { $0.start < $1.start }
        self.speed = speed
        self.patience = patience
        self.dial = dial
    }

    /// How many conversations there are to be played.
    public var count: Int { conversations.count }

    /// Plays all of them, each beside the others as they were.
    public func run() async {
        let clock = ReplayClock(start: .now, speed: speed)
        var players: [Task<Void, Never>] = []
        for conversation in conversations {
            guard await Netpoller.sleep(until: clock.due(conversation.start)) else { break }
            players.append(Netpoller.spawn { await self.play(conversation, clock) })
        }
        await withTaskCancellationHandler {
            for player in players { await player.value }
        } onCancel: { [players] in
            for player in players { player.cancel() }
        }
    }

    private func play(_ conversation: Recording.Conversation, _ clock: ReplayClock) async {
        let outcome: ReplayOutcome
        do throws(NetworkError) {
            let connection = try await dial(conversation)
            outcome = await ReplayPlayer(recording, conversation, clock, connection, patience: patience).run()
        } catch {
            outcome = ReplayOutcome(number: conversation.number, bytesUp: 0, bytesDown: 0, result: .failure(error))
        }
        onOutcome?(outcome)
    }
}

/// How one conversation went when it was played.
public struct ReplayOutcome: Sendable {
    /// As the record numbers it.
    public let number: Int
    /// What was sent.
    public let bytesUp: Int
    /// What came back and was as in the record.
    public let bytesDown: Int
    /// The first difference; nil where there was none.
    public let result: Result<ReplayDifference?, NetworkError>
}
