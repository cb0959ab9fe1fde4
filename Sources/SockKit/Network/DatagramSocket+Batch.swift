extension DatagramSocket {
    /// Waits until a datagram is there, and takes all there are that fit the batch, at most `limit` messages.
    public func receive(into batch: DatagramBatch, limit: Int = .max) async throws(NetworkError) {
        if let carrier { return try await receive(into: batch, through: carrier) }
        do throws(DescriptorFailure) {
            let taken = try await descriptor.perform(.read) { number throws(Errno) in
                try batch.receive(number, limit: limit, through: tunnel)
            }
            // Less than was asked for: the kernel itself has looked for more (recvmmsg(2)).
            if taken < min(limit, batch.vector.capacity) { descriptor.noteDrained() }
        } catch {
            throw failure(.read, error, remoteEndpoint, call: "recvmmsg")
        }
    }

    /// Sends what one call takes of the batch, waiting until it takes something; says how many datagrams went.
    public func send(_ batch: OutgoingBatch) async throws(NetworkError) -> Int {
        if let carrier { return try await send(batch, through: carrier) }
        var backoff = Backoff(first: .milliseconds(1), most: .milliseconds(20))
        do throws(DescriptorFailure) {
            while true {
                let taken = try await sendOnce(batch)
                if taken > 0 || batch.isEmpty { return taken }
                // As in `send(_:to:)`: a Unix receiver's queue is full, and no event tells when it no longer is.
                let end = Deadline.now + backoff.next()
                guard await Netpoller.sleep(until: min(end, writeDeadline ?? end)) else { throw .cancelled }
            }
        } catch {
            throw failure(.write, error, receiver(batch), call: "sendmmsg")
        }
    }

    /// Sends what goes without waiting; nil if that is nothing.
    public func sendNow(_ batch: OutgoingBatch) throws(NetworkError) -> Int? {
        if let carrier { return try sendNow(batch, through: carrier) }
        do throws(DescriptorFailure) {
            let outcome = try descriptor.withNumber { number throws(Errno) in try batch.attempt(number) }
            guard case .done(let taken) = outcome else { return nil }
            return taken
        } catch {
            throw failure(.write, error, receiver(batch), call: "sendmmsg")
        }
    }

    /// The error of one who will not wait for room at the batch's next receiver.
    public func wouldBlock(_ batch: OutgoingBatch) -> NetworkError {
        failure(.write, .system(.wouldBlock), receiver(batch), call: "sendmmsg")
    }

    private func sendOnce(_ batch: OutgoingBatch) async throws(DescriptorFailure) -> Int {
        // A connected Unix socket's readiness does say whether its peer's queue has room; others' says nothing of it.
        let waits = family != .unix || remoteEndpoint != nil
        return try await descriptor.perform(.write) { number throws(Errno) in
            let outcome = try batch.attempt(number)
            if case .wouldBlock = outcome { return waits ? .wouldBlock : .done(0) }
            return outcome
        }
    }

    private func receiver(_ batch: OutgoingBatch) -> Endpoint? {
        guard let place = batch.first?.receiver else { return remoteEndpoint }
        return batch.vector.receiver(place)
    }

    // MARK: - What came back

    /// Errors that came back for datagrams sent before: all of them from the queue of a socket that asked for it
    /// (`DatagramConfiguration.receivesErrors`), and else the one that is pending.
    public func takeErrors() -> [NetworkError] {
        guard hasErrorQueue else {
            let pending = try? descriptor.withNumber { number throws(Errno) in try SocketCalls.takeError(of: number) }
            return (pending ?? nil).map { [failure(.write, .system($0), remoteEndpoint, call: "sendmmsg")] } ?? []
        }
        var errors: [NetworkError] = []
        while let next = try? descriptor.withNumber({ number throws(Errno) in
            try DatagramCalls.nextError(of: number)
        }) {
            errors.append(failure(.write, .system(next.errno), remoteEndpoint ?? next.destination, call: "sendmmsg"))
        }
        return errors
    }

    /// The longest datagram that goes to the peer whole: what the path's limit leaves of it (IP_MTU), as the kernel knows
    /// it now; nil where there is no telling.
    public var pathLimit: Int? {
        guard family != .unix, remoteEndpoint != nil else { return nil }
        let option = family == .inet ? SocketOption.pathMTU : .pathMTU6
        let mtu = try? descriptor.withNumber { number throws(Errno) in Int(try option.get(from: number)) }
        // The headers of IP and of UDP.
        return mtu.map { min($0, 65535) - (family == .inet ? 28 : 48) }
    }
}
