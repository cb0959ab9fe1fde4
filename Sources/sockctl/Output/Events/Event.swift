import SockKit

/// Something that happened and may be reported: to a person as a sentence, to a program as an object.
enum Event: Sendable {
    /// `note` says to a person who can reach the address: `this machine only`.
    case listening(Ends, backlog: Int? = nil, note: String? = nil)
    case resolved(host: String, addresses: [IPAddress], Duration)
    case connecting(Ends, attempt: Int)
    case attemptFailed(NetworkError, attempt: Int)
    case synRetransmitted(Ends, count: Int)
    case connected(Ends, attempt: Int, resolve: Duration? = nil, connect: Duration)
    case accepted(Ends)
    case socketOptions(Ends, SocketFacts)
    /// Counted from the moment of the connection.
    case firstByte(Ends, Duration)
    /// `reader` says which of several it was, from 1.
    case read(Ends, bytes: Int, total: Int, reader: Int? = nil)
    case wrote(Ends, bytes: Int, total: Int)
    case datagramReceived(Ends, DatagramFacts)
    case datagramSent(Ends, DatagramFacts)
    /// A whole message: which one of its connection, and how long its payload is.
    case message(Ends, index: Int, bytes: Int)
    /// The answer to a packet.
    case acknowledged(Ends, id: String, result: Int, Duration)
    case reply(Ends, ReplyFacts)
    case gap(Ends, from: Int, count: Int)
    /// The kernel's drops at a socket, and the receive buffer that they found full.
    case dropped(Ends, count: Int, buffer: Int?)
    case halfClosed(Ends, by: Side)
    /// After so long a silence, of those that are allowed.
    case keepAlive(Ends, silence: Duration, limit: Duration)
    case closed(Ends, Closing)
    case failed(Failure)
    case retrying(attempt: Int, delay: Duration, after: Failure)
    case disconnected(Failure, Disconnection)
    /// After so many dials, so long after the first of them or after the loss.
    case reconnected(Ends, dials: Int, Duration)
    case heartbeat(Ends, index: Int, bytes: Int)
    case heartbeatAnswered(Ends, index: Int, Duration)
    case roundTrip(Ends, RoundTrip)
    case peerRefused(Ends, reason: String)
    /// A message that other bytes came into; counted from 1.
    case torn(Ends, index: Int, pieces: [BytePiece])
    /// One wait of an I/O model for bytes or the end.
    case waited(Ends, IOModelWait)
    /// A dial that a probe made.
    case dialled(Ends, BacklogDial)
    case queue(Ends, QueueReading)
    case syscall(SystemCallRecord)
    case note(Note)
    case summary([Measure])
    case writeBlock(WriteBlockEvent, Ends)
    /// So many writes that were alike, as one line for people.
    case wroteAlike(count: Int, bytes: Int, total: Int)

    /// Which side ended a direction.
    enum Side: String, Sendable {
        case local, peer
    }

    /// What ended a connection.
    enum Ending: String, Sendable {
        case local, peer, reset, timeout
    }

    /// A remark for people that is an event of its own to programs.
    enum Note: Sendable, Hashable {
        /// The peer had ended; standard input had not.
        case inputUnfinished
        /// Of a message, so many bytes were read, and the rest is gone.
        case messageCut(bytes: Int, length: Int, from: Endpoint? = nil)
        /// Bytes taken from standard input and never acknowledged, of those that were taken. After a time-out of ours
        /// some may still be on their way; otherwise they cannot have arrived.
        case inputDropped(bytes: Int, sent: Int, mayArrive: Bool = false)
        /// Submits that the connection broke before they were answered.
        case unanswered(count: Int)
        /// No more peers are taken; the reason reads like `interrupted` or `2 accepted`.
        case stopping(reason: String)
        case reportsLost(count: Int)
    }

    /// Which of the table's rows this is.
    var kind: EventKind {
        switch self {
        case .listening: .listening
        case .resolved: .resolved
        case .connecting: .connecting
        case .attemptFailed: .attemptFailed
        case .synRetransmitted: .synRetransmitted
        case .connected: .connected
        case .accepted: .accepted
        case .socketOptions: .socketOptions
        case .firstByte: .firstByte
        case .read: .read
        case .wrote: .wrote
        case .datagramReceived: .datagramReceived
        case .datagramSent: .datagramSent
        case .message: .message
        case .acknowledged: .acknowledged
        case .reply: .reply
        case .gap: .gap
        case .dropped: .dropped
        case .halfClosed: .halfClosed
        case .keepAlive: .keepAlive
        case .closed: .closed
        case .failed: .failed
        case .retrying: .retrying
        case .disconnected: .disconnected
        case .reconnected: .reconnected
        case .heartbeat: .heartbeat
        case .heartbeatAnswered: .heartbeatAnswered
        case .roundTrip: .roundTrip
        case .peerRefused: .peerRefused
        case .torn: .torn
        case .waited: .waited
        case .dialled: .dial
        case .queue: .queue
        case .syscall: .syscall
        case .summary: .summary
        case .note(.inputUnfinished): .inputUnfinished
        case .note(.messageCut): .messageCut
        case .note(.inputDropped): .inputDropped
        case .note(.unanswered): .unanswered
        case .note(.stopping): .stopping
        case .note(.reportsLost): .reportsLost
        case .writeBlock(let event, _): event.kind
        case .wroteAlike: .wrote
        }
    }

    var level: EventLevel { EventTable[kind].level }
}

/// What an event is about: a network, its two ends as far as they are known, and the connection's number.
struct Ends: Sendable, Hashable {
    var network: Network
    var local: Endpoint?
    var remote: Endpoint?
    /// Counted from 1; nil where there is no connection.
    var connection: Int?

    init(_ network: Network, local: Endpoint? = nil, remote: Endpoint? = nil, connection: Int? = nil) {
        self.network = network
        self.local = local
        self.remote = remote
        self.connection = connection
    }

    @Netpoller
    init(_ connection: Connection, number: Int?) {
        self.init(
            connection.network, local: connection.localEndpoint, remote: connection.remoteEndpoint, connection: number)
    }
}

/// One datagram.
struct DatagramFacts: Sendable, Hashable {
    /// As many as were delivered, or sent.
    var bytes: Int
    /// How long it was on the wire; more than `bytes` if it was cut.
    var length: Int
    var timeToLive: Int?
    /// Where it was sent to, where that is not the socket's own end or peer.
    var destination: Endpoint?
    /// By the kernel's clock.
    var arrived: Timestamp?

    var isTruncated: Bool { length > bytes }
}

/// An answer to a datagram of ours.
struct ReplyFacts: Sendable, Hashable {
    var bytes: Int
    var length: Int
    /// From the send that it answers; nil where that is not known.
    var roundTrip: Duration?
    /// The number of that send, from 0.
    var sequence: Int?
    /// As text; what is none is replaced.
    var payload: String
    /// Every byte of it, those that are no text as `\xHH`; nil where `payload` has lost none.
    var escaped: String?
}

/// A connection that is over.
struct Closing: Sendable {
    var by: Event.Ending
    var duration: Duration
    var received: Int
    var sent: Int
    /// Arrived and never read.
    var unread: Int?
    /// Written and never acknowledged by the peer's kernel; nil where that is not known.
    var unacknowledged: Int?
    /// Of these, not even sent.
    var unsent: Int?
    /// Since the last byte from the peer, or the beginning; nil where nobody kept the time.
    var silence: Duration?
    /// Whole messages that came; nil where nobody told them apart.
    var messages: Int?
    /// As it was just before the close.
    var tcp: TCPInfo?
}

/// A run of equal bytes.
struct BytePiece: Sendable, Hashable {
    var byte: UInt8
    var count: Int
}

/// One line of a summary: a name in snake_case, and what was measured.
struct Measure: Sendable, Hashable {
    enum Value: Sendable, Hashable {
        case count(Int)
        case bytes(Int)
        case duration(Duration)
        case flag(Bool)
        case text(String)
        case list([String])
        /// Several figures of one thing.
        case group([Measure])
        case counts([Int])
        /// Bytes per second.
        case rate(Int)
        /// So many in a second.
        case frequency(Int)
        /// It was not measured, or makes no sense here.
        case nothing

        /// A count, where there is one.
        static func counted(_ count: Int?) -> Self { count.map { .count($0) } ?? .nothing }
    }

    let name: String
    let value: Value

    init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }
}
