extension Connection {
    /// Hands the socket to whoever holds the other end of the Unix socket of this number, and closes it here.
    ///
    /// Its receiver gets it with calls that wait, as programs expect them to.
    public func pass(over number: Int32) async throws(NetworkError) {
        // Nobody else would see to it that the SYN goes.
        try await waitUntilOpen()
        do throws(DescriptorFailure) {
            let carrier = try Self.carrier(number)
            guard let socket = release() else { throw DescriptorFailure.closed }
            let passed = socket.rawValue
            try? FileCalls.setNonBlocking(false, passed)
            _ = try await carrier.perform(.write) { number throws(Errno) in
                try DescriptorPassing.send(passed, over: number)
            }
            carrier.close()
            try? socket.close()
        } catch {
            throw NetworkError(.write, .standardOutput, cause: NetworkError.Cause(error, call: "sendmsg"))
        }
    }

    /// A descriptor of our own for a socket that others share.
    private static func carrier(_ number: Int32) throws(DescriptorFailure) -> PolledDescriptor {
        do throws(Errno) {
            return try PolledDescriptor(adopting: FileCalls.duplicate(number), sharesFile: true)
        } catch {
            throw .system(error)
        }
    }

    /// Whether a descriptor of the process is a Unix socket, over which others can be passed.
    package static func isCarrier(_ number: Int32) -> Bool {
        let domain = try? SocketOption.domain.get(from: number)
        return domain.flatMap(SocketOption.domain.valueName) == "AF_UNIX"
    }
}
