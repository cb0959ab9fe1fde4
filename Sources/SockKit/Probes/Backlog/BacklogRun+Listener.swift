extension BacklogRun {
    /// Starts what goes on beside the dials: the accepts, and the watch for retransmissions.
    func startBackground() -> [Task<Void, Never>] {
        var tasks: [Task<Void, Never>] = []
        if probe.network.isTCP { tasks.append(Netpoller.spawn { await self.watchRetransmits() }) }
        if let listener = target.listener, let interval = probe.acceptEvery {
            tasks.append(Netpoller.spawn { await self.accept(from: listener, every: interval) })
        }
        return tasks
    }

    private func accept(from listener: Listener, every interval: Duration) async {
        var next = start + interval
        while await Netpoller.sleep(until: next) {
            do throws(NetworkError) {
                let connection = try await listener.accept()
                acceptedConnections.append(connection)
                let accept = BacklogResult.Accept(
                    index: accepts.count + 1, time: .now - start, remote: connection.remoteEndpoint)
                accepts.append(accept)
                emit(.accepted(accept))
            } catch {
                return
            }
            next = next + interval
        }
    }

    /// Writes as a client that is not accepted yet; returns how many bytes the kernel took.
    func writeUnaccepted() -> Int? {
        guard target.listener != nil, accepts.isEmpty, let last = held.last else { return nil }
        let greeting = Array("hi".utf8)
        do throws(Errno) {
            try FileCalls.writeBlocking(last.socket.number, greeting.span)
            return greeting.count
        } catch {
            return nil
        }
    }

    /// Closes the listener while its queue is full, then reads as every client.
    func closeListener() async -> BacklogResult.Aftermath {
        target.listener?.close()
        var aftermath = BacklogResult.Aftermath()
        for (index, socket) in held.sorted(by: { $0.index < $1.index }) {
            switch await fate(of: socket.number, mayStand: aftermath.standing < accepts.count) {
            case .reset:
                aftermath.reset += 1
                emit(.lost(index: index, isReset: true))
            case .ended:
                aftermath.ended += 1
                emit(.lost(index: index, isReset: false))
            case .standing: aftermath.standing += 1
            }
        }
        return aftermath
    }

    private enum Fate {
        case reset, ended, standing
    }

    /// What a client's read meets. The reset may take a moment; `mayStand` does not wait for it.
    private func fate(of number: Int32, mayStand: Bool) async -> Fate {
        for _ in 0..<(mayStand ? 1 : 100) {
            do throws(Errno) {
                return try FileCalls.readBlocking(number, upTo: 64).isEmpty ? .ended : .standing
            } catch {
                guard error == .wouldBlock else { return .reset }
            }
            guard !mayStand, await Netpoller.sleep(for: .milliseconds(5)) else { break }
        }
        return .standing
    }
}
