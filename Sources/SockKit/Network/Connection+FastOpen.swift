/// A connection whose SYN waits for the first bytes, to take them along (TCP_FASTOPEN_CONNECT, tcp(7)).
extension Connection {
    /// How long the SYN waits for bytes. Who speaks second sends none, and is to be connected all the same.
    static let fastOpenPatience = Duration.milliseconds(10)

    /// Sees a connection through its opening, where connect(2) put that off; whatever is done with it goes on meanwhile.
    func openWithFirstBytes() {
        guard isConnecting else { return }
        isOpening = true
        Netpoller.spawn {
            await Netpoller.sleep(for: Self.fastOpenPatience)
            await self.finishOpening()
        }
    }

    private func finishOpening() async {
        // A send of nothing is a SYN without data, if none has gone yet.
        _ = try? descriptor.withNumber { number throws(Errno) in
            try unsafe TransferCalls.send(number, UnsafeRawBufferPointer(start: nil, count: 0))
        }
        // What became of it, whoever reads or writes is told. Nothing is to be waited for: a socket whose SYN has not gone
        // polls writable, and so it did before.
        var backoff = Backoff(first: .milliseconds(1), most: .milliseconds(50))
        while isConnecting { await Netpoller.sleep(for: backoff.next()) }
        isOpening = false
        if saidEnd { try? shutdown(.write) }
    }

    /// TCP_SYN_SENT, <netinet/tcp.h>.
    private var isConnecting: Bool {
        let state = try? descriptor.withNumber { number throws(Errno) in
            try TCPInfoCalls.information(of: number).state
        }
        return state == 2
    }
}
