/// A connection whose SYN waits for the first bytes, to take them along (TCP_FASTOPEN_CONNECT, tcp(7)).
extension Connection {
    /// How long the SYN waits for bytes. Who speaks second sends none, and is to be connected all the same.
    static let fastOpenPatience = Duration.milliseconds(10)

    /// Sees a connection through its opening, where connect(2) put that off; whatever is done with it goes on meanwhile, and
    /// ends with a time-out if it has not opened by then.
    func openWithFirstBytes(until deadline: Deadline?) {
        guard isConnecting else { return }
        isOpening = true
        Netpoller.spawn {
            await Netpoller.sleep(for: Self.fastOpenPatience)
            await self.finishOpening(until: deadline)
        }
    }

    private func finishOpening(until deadline: Deadline?) async {
        sendSYN()
        // What became of it, whoever reads or writes is told. Nothing is to be waited for: a socket whose SYN has not gone
        // polls writable, and so it did before.
        var backoff = Backoff(first: .milliseconds(1), most: .milliseconds(50))
        while isConnecting {
            if let deadline, deadline.hasPassed { return expire() }
            await Netpoller.sleep(for: backoff.next())
        }
        noteOpened()
    }

    /// Waits until the peer has answered the SYN, which goes now if it has not gone; fails where the peer refuses, never
    /// answers, or the time for writing is over. Nothing is waited for where connect(2) did not put the opening off.
    ///
    /// Whoever closes before that loses what was written: the kernel forgets a connection that it is still opening.
    public func waitUntilOpen() async throws(NetworkError) {
        guard isOpening else { return }
        sendSYN()
        var backoff = Backoff(first: .microseconds(100), most: .milliseconds(5))
        while isConnecting {
            if let writeDeadline, writeDeadline.hasPassed { throw failure(.dial, .deadlineExceeded) }
            guard await Netpoller.sleep(for: backoff.next()) else { throw failure(.dial, .cancelled) }
        }
        noteOpened()
        guard isOpening else { return }
        do throws(DescriptorFailure) {
            let error = try descriptor.withNumber { number throws(Errno) in try SocketCalls.takeError(of: number) }
            throw .system(error ?? refusal ?? .notConnected)
        } catch {
            throw failure(.dial, error, call: "connect")
        }
    }

    /// A send of nothing is a SYN without data, if none has gone yet. One that has may be refused already, and the send would
    /// take that from whoever is to be told.
    private func sendSYN() {
        guard information?.segs_out == 0 else { return }
        _ = try? descriptor.withNumber { number throws(Errno) in
            try unsafe TransferCalls.send(number, UnsafeRawBufferPointer(start: nil, count: 0))
        }
    }

    /// One that was refused never opens: it stays as it is.
    private func noteOpened() {
        guard isOpening, let state, state != Self.closed else { return }
        isOpening = false
        if hasShutDown { try? shutdown(.write) }
    }

    private var isConnecting: Bool { state == Self.synSent }

    // TCP_SYN_SENT and TCP_CLOSE, <netinet/tcp.h>.
    private static let (synSent, closed): (UInt8, UInt8) = (2, 7)

    private var state: UInt8? { information?.state }

    private var information: KernelTCPInfo? {
        try? descriptor.withNumber { number throws(Errno) in try TCPInfoCalls.information(of: number) }
    }
}
