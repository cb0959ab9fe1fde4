import SockKit

/// How a command treats each of its connections: one value that all its peers share.
final class PeerPolicy: Sendable {
    let readTimeout: Duration?
    let writeTimeout: Duration?
    /// From the connection's first moment, and never renewed.
    let deadline: Duration?
    /// So many reads that timed out are gone on after.
    let keepGoing: Int
    let idleTimeout: Duration?
    /// Said to a peer that was idle for too long.
    let goodbye: [UInt8]
    let lifetime: Duration?
    let close: CloseMode
    let pace: Pace
    /// More than this from the peer is an error.
    let maximumBytes: Int?
    let reads: Bool
    let asksForMultipath: Bool
    let asksForFastOpen: Bool

    /// As `arguments` say; without any, nothing is asked. `watchesIdleness` is false where the idle limit is one on
    /// single answers.
    init(_ arguments: PeerArguments = PeerArguments(), watchesIdleness: Bool = true) {
        readTimeout = arguments.deadlines.readTimeout
        writeTimeout = arguments.deadlines.writeTimeout
        deadline = arguments.deadlines.deadline
        keepGoing = arguments.deadlines.keepGoing ?? 0
        idleTimeout = watchesIdleness ? arguments.deadlines.idleTimeout : nil
        goodbye = arguments.deadlines.goodbye ?? []
        lifetime = arguments.ending.closeAfter
        close = arguments.ending.close
        pace = arguments.pace.pace
        maximumBytes = arguments.pace.maximumBytes
        reads = arguments.pace.reads
        asksForMultipath = arguments.socket.multipath
        asksForFastOpen = arguments.socket.fastOpen
    }

    /// Nothing is asked of how a connection is read and written.
    var isFree: Bool { pace.readsFreely && pace.writesFreely }

    /// Whether a peer may be silent for so long and no longer.
    var limitsSilence: Bool { idleTimeout != nil || readTimeout != nil }

    /// Whether it matters when something last came or went.
    var keepsTime: Bool { idleTimeout != nil || keepGoing > 0 }

    /// Starts a connection's deadlines.
    @Netpoller
    func begin(_ connection: Connection) {
        if let deadline { connection.setDeadline(.now + deadline) }
        if let readTimeout { connection.readTimeout = readTimeout }
        if let writeTimeout { connection.writeTimeout = writeTimeout }
    }
}

extension PaceArguments {
    var pace: Pace {
        var pace = Pace()
        pace.readSize = readSize == PaceArguments().readSize ? nil : readSize
        pace.writeSize = writeSize
        pace.firstReadDelay = firstReadDelay
        pace.readDelay = readDelay
        pace.writeDelay = writeDelay
        pace.lineDelay = lineDelay
        pace.rate = rate
        return pace
    }
}
