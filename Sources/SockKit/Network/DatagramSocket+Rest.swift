/// For a socket that no task waits on: what can be done at once, and being woken for the rest.
extension DatagramSocket {
    /// As `receive(into:limit:)` of what need not be waited for; false if that is nothing.
    public func receiveNow(into batch: DatagramBatch, limit: Int = .max) throws(NetworkError) -> Bool {
        do throws(DescriptorFailure) {
            let taken = try descriptor.performNow(.read) { number throws(Errno) in
                try batch.receive(number, limit: limit, through: tunnel)
            }
            guard let taken else { return false }
            // Less than was asked for: the kernel itself has looked for more (recvmmsg(2)).
            if taken < min(limit, batch.vector.capacity) { descriptor.noteDrained() }
            return true
        } catch {
            throw failure(.read, error, remoteEndpoint, call: "recvmmsg")
        }
    }

    /// Has `sleeper` woken once a datagram or a refusal is there, `readDeadline` has passed or the socket is closed; false
    /// where that is so already.
    public func rest(waking sleeper: any StreamSleeper) -> Bool { descriptor.rest(.read, sleeper) }
}
