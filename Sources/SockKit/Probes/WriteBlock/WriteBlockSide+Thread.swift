/// Writes that the thread made.
extension WriteBlockSide {
    /// Takes over what a write of the thread came to.
    func note(_ record: WriteBlockThread.Record) {
        begun += 1
        taken = 0
        switch record.result {
        case .success(let count):
            // One that comes back short was ended, and is not going on.
            if count == payload.count { unblock() }
            self.count(moved: count)
            report(count, nil, since: record.start)
        case .failure(let number):
            let error = connection.failure(.write, .system(number))
            errors.append(error)
            blockedSince = nil
            report(0, error, since: record.start)
        }
    }

    /// As `note`, of a write that we ended ourselves: what it had moved counts, and its error is our own doing.
    func noteInterrupted(_ record: WriteBlockThread.Record) {
        guard case .success(let moved) = record.result, moved > 0 else { return }
        begun += 1
        count(moved: moved)
        if run.hasObserver {
            run.emit(.wrote(write(of: moved, since: record.start, isGivenUp: moved < payload.count)))
        }
    }

    private func count(moved: Int) {
        accepted += moved
        (writes, lastWriteBytes) = (writes + 1, moved)
    }
}
