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
    static let datagram = DatagramFacts(
        bytes: 17, length: 40, timeToLive: 64, destination: Endpoint("127.0.0.2:53"),
        arrived: Timestamp(since1970: 1_700_000_000_123_456_789))
    static let closing = Closing(
        by: .reset, duration: .milliseconds(1030), received: 17, sent: 1_258_291, unread: 5, unacknowledged: 12,
        unsent: 3, silence: .milliseconds(400), messages: 2)
    static let disconnection = Disconnection(
        by: .reset, silence: .milliseconds(400), sent: 5000, unacknowledged: 12, atRisk: 12, kept: 1)
    static let timeout = {
        let error = NetworkError(.read, network: .tcp, local: ends.local, remote: ends.remote, cause: .timeout)
        var failure = Failure(error, connection: 1)
        (failure.waited, failure.unread, failure.unacknowledged, failure.goesOn) = (
            .seconds(1), 5, 0, Failure.GoingOn(number: 1, of: 3)
        )
        return failure
    }()

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
        index: 1, bytes: 60000, total: 60000, ledger: ledger, moved: 0, window: 0, mss: 47417, room: 33742)

    static let all: [sockctl::Event] = [
        .listening(Ends(.tcp, local: ends.local), backlog: 128, note: "this machine only"),
        .resolved(host: "localhost", addresses: [.v4Any, .v6Any], .microseconds(120)),
        .connecting(Ends(.tcp, remote: ends.remote), attempt: 2), .attemptFailed(refused, attempt: 1),
        .synRetransmitted(ends, count: 1),
        .connected(ends, attempt: 1, resolve: .milliseconds(1), connect: .microseconds(123)), .accepted(ends),
        .firstByte(ends, .microseconds(50)), .read(ends, bytes: 17, total: 34), .wrote(ends, bytes: 1, total: 1),
        .datagramReceived(Ends(.udp, local: ends.local, remote: ends.remote), datagram),
        .datagramSent(Ends(.udp, local: ends.local), datagram), .message(ends, index: 3, bytes: 17),
        .acknowledged(ends, id: "00000002", result: 0, .microseconds(20)),
        .acknowledged(ends, id: "00000003", result: 1, .microseconds(30)), .halfClosed(ends, by: .local),
        .reply(
            Ends(.udp, remote: ends.remote),
            ReplyFacts(bytes: 3, length: 3, roundTrip: .microseconds(90), sequence: 2, payload: "yes", escaped: "yes")),
        .gap(Ends(.udp, remote: ends.remote), from: 2, count: 3),
        .dropped(Ends(.udp, local: ends.local), count: 12, buffer: 4096),
        .halfClosed(ends, by: .peer), .note(.inputUnfinished), .note(.messageCut(bytes: 3, length: 6)),
        .note(.inputDropped(bytes: 3, sent: 5)), .note(.unanswered(count: 2)),
        .keepAlive(ends, silence: .milliseconds(300), limit: .seconds(3)), .closed(ends, closing),
        .failed(Failure(refused)), .failed(Failure(reset, connection: 1)), .failed(timeout),
        .failed(Failure(UsageError("unknown option '--verbos'", hint: "did you mean '--verbose'?"))),
        .retrying(attempt: 1, delay: .milliseconds(5), after: Failure(refused)),
        .disconnected(Failure(reset, connection: 1), disconnection), .reconnected(ends, dials: 3, .milliseconds(1530)),
        .heartbeat(ends, index: 2, bytes: 13), .heartbeatAnswered(ends, index: 2, .microseconds(230)),
        .roundTrip(ends, RoundTrip(index: 1, duration: .microseconds(52), bytes: 5)),
        .roundTrip(ends, RoundTrip(index: 2, duration: .seconds(1), bytes: nil)),
        .peerRefused(ends, reason: "2 connections are the most that --max-conns allows"),
        .note(.stopping(reason: "interrupted")), .note(.reportsLost(count: 2)),
        .dialled(
            Ends(.tcp, remote: ends.remote),
            BacklogDial(
                index: 130, outcome: .timedOut, start: .zero, duration: .seconds(3), retransmits: 2, waited: true)),
        .queue(
            Ends(.tcp, remote: ends.remote),
            QueueReading(
                moment: .waiting, index: 7, queue: ListeningQueue(length: 6, limit: 5),
                counters: ListenCounters(netstat: "TcpExt: ListenOverflows ListenDrops\nTcpExt: 11 12"),
                timeout: .seconds(131))),
        .syscall(
            SystemCallRecord(
                call: "connect", arguments: "5, 127.0.0.1:3000", result: -1, errno: .inProgress,
                duration: .microseconds(12))),
        .read(ends, bytes: 4, total: 4, reader: 2),
        .torn(ends, index: 3, pieces: [BytePiece(byte: 97, count: 65536), BytePiece(byte: 0, count: 12)]),
        .waited(
            ends,
            IOModelWait(
                bytes: 6, calls: 1001, wouldBlock: 1000, time: .milliseconds(500), processorTime: .milliseconds(499))),
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
            Measure("rate", .rate(1 << 20)), Measure("reader_bytes", .counts([4, 1])),
        ]),
    ]
}
