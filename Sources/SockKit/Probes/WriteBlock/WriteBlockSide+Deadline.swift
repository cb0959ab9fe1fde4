/// Writes with a deadline.
extension WriteBlockSide {
    /// Writes one chunk with a deadline of its own. Past it, two more writes show that it stays so.
    ///
    /// What needs no wait is written although the deadline has passed by then: in Go it passes when its timer has run,
    /// and for such a write that is too late. How busy the machine is does not decide what this finds.
    func writeInTime() async -> WriteBlockResult.Ending? {
        let start = Deadline.now
        var lackedRoom: Deadline?
        connection.writeDeadline = probe.writeTimeout.map { start + $0 }
        do throws(DescriptorFailure) {
            while taken < payload.count {
                if case .done(let count) = try attempt() {
                    taken += count
                    accepted += count
                    lackedRoom = nil
                } else {
                    if lackedRoom == nil { lackedRoom = .now }
                    connection.descriptor.noteBlocked(.write)
                    try await connection.descriptor.waitUntilReady(.write)
                }
            }
        } catch {
            guard error == .deadlineExceeded else { return fail(error, since: start) }
            return await timeOut(since: start, lackedRoom ?? .now)
        }
        finishWrite(since: start)
        return nil
    }

    private func timeOut(since start: Deadline, _ lackedRoom: Deadline) async -> WriteBlockResult.Ending {
        let error = connection.failure(.write, .deadlineExceeded).after(taken)
        errors.append(error)
        report(taken, error, since: start)
        let write = begun
        for _ in 0..<2 { await writeWithoutRenewing() }
        await run.settle(self, for: .seconds(1))
        begun = write
        block(since: lackedRoom)
        return .timedOut
    }

    private func writeWithoutRenewing() async {
        begun += 1
        let start = Deadline.now
        do throws(NetworkError) {
            try await connection.write(payload)
            accepted += payload.count
            finishWrite(since: start)
        } catch {
            accepted += error.bytesTransferred
            errors.append(error)
            report(error.bytesTransferred, error, since: start)
        }
    }
}
