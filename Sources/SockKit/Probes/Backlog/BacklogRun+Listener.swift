extension BacklogRun {
    /// What goes on beside the dials: accepts, and the look at retransmissions.
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

    /// A client that waits to be accepted writes: the kernel takes it, as it took the connection.
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

    /// Closes the listener with its queue full, and has every client read.
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

    /// What a read meets; the reset may take a moment, and only those who were accepted need none.
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
