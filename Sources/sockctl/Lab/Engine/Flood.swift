import SockKit

/// Writes without end, in the background, until a write fails.
@Netpoller
final class Flood {
    private let end: LabConnection
    private let peer: LabConnection
    private let stage: Stage
    let chunk: Int
    /// How many writes have returned.
    private(set) var writes = 0
    private var going: Going<Writing>?

    fileprivate init(_ end: LabConnection, to peer: LabConnection, chunk: Int) {
        self.end = end
        self.peer = peer
        self.chunk = chunk
        stage = end.party.stage
    }

    fileprivate func begin() {
        let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: chunk)
        let quiet = LabConnection(end.connection, of: end.party.quiet)
        let place = stage.begin(end.party.lane, end.party.labelled("write(\(chunk) bytes), again and again"))
        going = stage.go { [stage] in
            while true {
                let writing = await quiet.write(bytes)
                guard writing.error == nil else {
                    stage.finish(place, "write \(self.writes + 1): \(writing.text)", failed: true)
                    return writing
                }
                self.writes += 1
            }
        }
    }

    /// The bytes of the writes that have returned.
    var returned: Int { writes * chunk }

    /// Where the bytes are that the kernel took and nobody has read: in the sender's queue, and in the receiver's.
    var queued: (sending: Int, receiving: Int) {
        (end.connection.queueDepths?.unacknowledged ?? 0, peer.connection.bytesWaiting)
    }

    /// Waits until nothing has moved for so long that a write can be called blocked, and says where every byte is.
    ///
    /// Delayed acknowledgements and timers of the kernel make room after up to 256 ms.
    func untilBlocked() async -> (sending: Int, receiving: Int) {
        var (last, since) = (queued, Deadline.now)
        while Deadline.now - since < .milliseconds(600) {
            guard await Netpoller.sleep(for: .milliseconds(20)) else { break }
            let now = queued
            if now != last { (last, since) = (now, .now) }
        }
        let (sent, received) = (Quantity.bytes(last.sending), Quantity.bytes(last.receiving))
        stage.kernel.says("\(sent) in the sender's queue", source: "SIOCOUTQ")
        stage.kernel.says("\(received) in the receiver's queue", source: "SIOCINQ")
        return last
    }

    /// What the last write gave, once one has failed.
    var outcome: Writing {
        get async { await going?.value ?? Writing(asked: chunk) }
    }
}

extension LabConnection {
    /// Begins to write chunks without end to `peer`, which is this connection's other side.
    func flood(_ peer: LabConnection, chunk: Int) -> Flood {
        let flood = Flood(self, to: peer, chunk: chunk)
        flood.begin()
        return flood
    }

    /// Hands the connection to a process of its own and kills that (SIGKILL), so that nobody closes it in an orderly way.
    func kill() throws(Interruption) {
        try party.killHolder("killed by SIGKILL") { connection.close() }
    }
}

extension Party {
    /// Has a process of its own hold what `close` closes, and kills it (SIGKILL).
    func killHolder(_ text: String, closing close: () -> Void) throws(Interruption) {
        let outcome = system(text) { () throws(Errno) in
            // The copies outlive the originals: nothing is closed before the child dies.
            let child = try ChildCalls.forkSleeper()
            close()
            try ChildCalls.killAndReap(child)
        }
        if case .failure(let error) = outcome { throw .noChild(error) }
    }
}

extension Interruption {
    /// There can be no further process: a limit of the user's, or of a container.
    static func noChild(_ error: Errno) -> Interruption { .notRun("no child process could be made: \(error.name)") }
}

extension SocketOptions {
    /// Both buffers are asked to be of this size, so that they fill soon, and by the same rule on every machine.
    static func buffered(_ size: Int) -> SocketOptions {
        var options = SocketOptions()
        (options.sendBuffer, options.receiveBuffer) = (size, size)
        return options
    }
}
