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
    case read(Ends, bytes: Int, total: Int)
    case wrote(Ends, bytes: Int, total: Int)
    case datagramReceived(Ends, DatagramFacts)
    case datagramSent(Ends, DatagramFacts)
    case halfClosed(Ends, by: Side)
    case closed(Ends, Closing)
    case failed(Failure)
    case retrying(attempt: Int, delay: Duration, after: Failure)
    case peerRefused(Ends, reason: String)
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
        case messageCut(bytes: Int, length: Int)
        /// Bytes taken from standard input that cannot have arrived, of those that were taken.
        case inputDropped(bytes: Int, sent: Int)
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
        case .halfClosed: .halfClosed
        case .closed: .closed
        case .failed: .failed
        case .retrying: .retrying
        case .peerRefused: .peerRefused
        case .syscall: .syscall
        case .summary: .summary
        case .note(.inputUnfinished): .inputUnfinished
        case .note(.messageCut): .messageCut
        case .note(.inputDropped): .inputDropped
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

    var isTruncated: Bool { length > bytes }
}

/// A connection that is over.
struct Closing: Sendable {
    var by: Event.Ending
    var duration: Duration
    var received: Int
    var sent: Int
    /// Written and never acknowledged by the peer's kernel; nil where that is not known.
    var unacknowledged: Int?
    /// As it was just before the close.
    var tcp: TCPInfo?
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
        /// It was not measured, or makes no sense here.
        case nothing
    }

    let name: String
    let value: Value

    init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }
}
