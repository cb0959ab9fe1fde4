/// Writes with a deadline.
extension WriteBlockSide {
    /// Writes one chunk with a deadline of its own. Once it has passed, two more writes show that it stays passed.
    ///
    /// A write that need not wait succeeds even if the deadline has passed in the meantime, as in Go, where a deadline
    /// passes when its timer runs. So the outcome does not depend on how busy the machine is.
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
