@testable import SockKit

@testable import sockctl

/// One event of each kind and more, with all the fields that it can have.
enum EventSamples {
    static let ends = Ends(
        .tcp, local: Endpoint("127.0.0.1:3000"), remote: Endpoint("127.0.0.1:40112"), connection: 1)
    static let refused = NetworkError(
        .dial, network: .tcp, remote: Endpoint("127.0.0.1:9"),
        cause: .system(.connectionRefused, call: "connect"))
    static let reset = NetworkError(
        .write, network: .tcp, local: ends.local, remote: ends.remote, cause: .system(.connectionReset, call: "write"),
        bytesTransferred: 17)
    static let datagram = DatagramFacts(bytes: 17, length: 40, timeToLive: 64, destination: Endpoint("127.0.0.2:53"))
    static let closing = Closing(
        by: .reset, duration: .milliseconds(1030), received: 17, sent: 1_258_291, unacknowledged: 12)

    static let buffers = WriteBlockBuffers(
        sendAsked: 65536, receiveAsked: 65536, send: 131_072, receive: 131_072)
    static let setup = WriteBlockEvent.Setup(
        network: .tcp, local: Endpoint("127.0.0.1:3000")!, remote: Endpoint("127.0.0.1:40112")!, hasOwnPeer: true,
        chunk: 65536, buffers: buffers)
    static let write = WriteBlockEvent.Write(
        writer: .probe, index: 60, bytes: 17, total: 34, error: reset, duration: .microseconds(12))
    static let ledger: ByteLedger = {
        var ledger = ByteLedger(.tcp)
        (ledger.accepted, ledger.inSendQueue, ledger.unsent) = (100, 60, 60)
        (ledger.inReceiveQueue, ledger.readByPeer) = (30, 10)
        return ledger
    }()
    static let block = WriteBlockEvent.Block(
        writer: .probe, write: 4, taken: 17, chunk: 65536, after: .milliseconds(42), ledger: ledger, buffers: buffers,
        congestionControl: "reno", window: 0, receiveSpace: 65483, mss: 47417)
    static let read = WriteBlockEvent.PeerRead(
        index: 1, bytes: 60000, total: 60000, ledger: ledger, moved: 0, window: 0, mss: 47417)

    static let all: [sockctl::Event] = [
        .listening(Ends(.tcp, local: ends.local), backlog: 128, note: "this machine only"),
        .resolved(host: "localhost", addresses: [.v4Any, .v6Any], .microseconds(120)),
        .connecting(Ends(.tcp, remote: ends.remote), attempt: 2), .attemptFailed(refused, attempt: 1),
        .synRetransmitted(ends, count: 1),
        .connected(ends, attempt: 1, resolve: .milliseconds(1), connect: .microseconds(123)), .accepted(ends),
        .firstByte(ends, .microseconds(50)), .read(ends, bytes: 17, total: 34), .wrote(ends, bytes: 1, total: 1),
        .datagramReceived(Ends(.udp, local: ends.local, remote: ends.remote), datagram),
        .datagramSent(Ends(.udp, local: ends.local), datagram), .halfClosed(ends, by: .local),
        .halfClosed(ends, by: .peer), .note(.inputUnfinished), .note(.messageCut(bytes: 3, length: 6)),
        .note(.inputDropped(bytes: 3, sent: 5)),
        .closed(ends, closing),
        .failed(Failure(refused)), .failed(Failure(reset, connection: 1)),
        .failed(Failure(UsageError("unknown option '--verbos'", hint: "did you mean '--verbose'?"))),
        .retrying(attempt: 1, delay: .milliseconds(5), after: Failure(refused)),
        .peerRefused(ends, reason: "2 connections are the most that --max-conns allows"),
        .note(.stopping(reason: "interrupted")), .note(.reportsLost(count: 2)),
        .syscall(
            SystemCallRecord(
                call: "connect", arguments: "5, 127.0.0.1:3000", result: -1, errno: .inProgress,
                duration: .microseconds(12))),
        .writeBlock(.connected(setup), ends), .writeBlock(.wrote(write), ends), .writeBlock(.blocked(block), ends),
        .writeBlock(
            .unblocked(
                WriteBlockEvent.Unblock(
                    writer: .probe, waited: .milliseconds(703), reads: 2, readBytes: 120_000, sendBuffer: 131_072,
                    inSendQueue: 60_000)), ends),
        .writeBlock(.peerRead(read), ends), .writeBlock(.peerEnded(.kill, ledger), ends),
        .wroteAlike(count: 400, bytes: 100, total: 50_000),
        .summary([
            Measure("bytes_sent", .bytes(2048)), Measure("dials", .count(3)),
            Measure("elapsed", .duration(.seconds(2))),
            Measure("blocked", .flag(false)), Measure("mss", .nothing), Measure("errors", .list(["timeout"])),
        ]),
    ]
}
