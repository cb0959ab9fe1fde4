/// One connect to one endpoint.
@Netpoller
struct DialAttempt {
    let dialer: Dialer
    let network: Network
    let remote: Endpoint

    func run(until deadline: Deadline?) async throws(NetworkError) -> Connection {
        var tries = 0
        while true {
            tries += 1
            let connection = try await connectOnce(until: deadline)
            // Go lets go and tries again, twice.
            guard meetsItself(connection), tries < 3 else { return connection }
            connection.close()
        }
    }

    /// A socket that is given the very port it dials, on this machine, meets itself (simultaneous open). Nobody means that.
    private func meetsItself(_ connection: Connection) -> Bool {
        guard network.isTCP, dialer.source?.port ?? 0 == 0, connection.localEndpoint.port == remote.port else {
            return false
        }
        // What was dialled may be another name for it: 0.0.0.0, or a zone by its number.
        let peer = try? connection.descriptor.withNumber { number throws(Errno) in
            try SocketCalls.remoteEndpoint(of: number)
        }
        return peer ?? remote == connection.localEndpoint
    }

    /// The same, where connect(2) is decided at once; nil where it is not, and then nobody is known to have been met.
    func runNow() throws(NetworkError) -> Connection? {
        guard dialer.source == nil, !dialer.options.fastOpen, network != .unixgram else { return nil }
        let socket = try builder.make(remote.socketFamily)
        guard try connectNow(socket.rawValue) else { return nil }
        let connection = Connection(try adopt(socket), network, remote: remote)
        guard meetsItself(connection) else { return connection }
        connection.close()
        return nil
    }

    private func connectNow(_ number: Int32) throws(NetworkError) -> Bool {
        do throws(Errno) {
            try SocketCalls.connect(number, to: remote, family: remote.socketFamily)
            return true
        } catch {
            switch error {
            // On this machine the answer is there when the call returns, although that is what it says.
            case .inProgress, .interrupted: return try stands(number)
            // A Unix listener's full queue has to be waited for.
            case .wouldBlock where remote.socketFamily == .unix: return false
            default: throw failure(error)
            }
        }
    }

    /// To connect once more would tell as well, but would take the error of a reset; and with the socket goes what was said
    /// before that.
    private func stands(_ number: Int32) throws(NetworkError) -> Bool {
        if (try? SocketCalls.remoteEndpoint(of: number)) != nil { return true }
        guard network.isTCP else { return false }
        // After that there is the reset to be read.
        if (try? Self.hasWords(number, isMultipath: dialer.options.multipath)) == true { return true }
        // What was acknowledged is its SYN: it stood, and is no more.
        guard (try? TCPInfoCalls.information(of: number))?.bytes_acked ?? 0 > 0 else { return false }
        throw failure((try? SocketCalls.takeError(of: number)) ?? .connectionReset)
    }

    /// Whether it stood, and what came is there to be read. Multipath TCP says 1 where it did not come to stand, and before Linux
    /// 5.16 nothing.
    nonisolated private static func hasWords(_ number: Int32, isMultipath: Bool) throws(Errno) -> Bool {
        try FileCalls.queued(number, .received) > (isMultipath ? 1 : 0)
    }

    private func connectOnce(until deadline: Deadline?) async throws(NetworkError) -> Connection {
        // One socket however many tries: a Unix name of its own can be bound only once.
        let socket = try builder.make(remote.socketFamily)
        let path = dialer.source.flatMap { OwnedPath($0) }
        let isConnected: Bool
        do throws(NetworkError) { isConnected = try await startConnect(socket.rawValue, until: deadline) } catch {
            path?.remove()
            throw error
        }
        let descriptor: PolledDescriptor
        do throws(NetworkError) {
            descriptor = try adopt(socket)
            if !isConnected { try await finishConnect(descriptor, until: deadline) }
        } catch {
            path?.remove()
            throw error
        }
        let connection = Connection(descriptor, network, remote: remote, path: path)
        if isConnected, dialer.options.fastOpen, network.isTCP { connection.openWithFirstBytes(until: deadline) }
        return connection
    }

    private func adopt(_ socket: consuming FileDescriptor) throws(NetworkError) -> PolledDescriptor {
        do throws(Errno) {
            let descriptor = try PolledDescriptor(adopting: socket)
            descriptor.lingers = dialer.options.lingers && network.isTCP
            return descriptor
        } catch {
            throw builder.failure(.system(error, call: "epoll_ctl"))
        }
    }

    private var builder: SocketBuilder {
        SocketBuilder(
            operation: .dial, network: network, options: dialer.options, control: dialer.control, local: local,
            remote: remote,
            // A chosen port is to be had again although its last connection lingers in TIME_WAIT.
            reusesAddress: network.isTCP && dialer.source?.port ?? 0 != 0,
            mode: network.isUnix && dialer.source != nil ? 0o600 : nil)
    }

    /// The near end in the family of the far one: an unspecified source address fits either.
    private var local: Endpoint? {
        guard case .ip(let address, let port) = dialer.source, address.isUnspecified else { return dialer.source }
        return .ip(remote.socketFamily == .inet ? .v4Any : .v6Any, port: port)
    }

    /// connect(2) until it is done or, with false, in progress. The socket is watched only then: epoll reports a socket that has not
    /// begun to connect as hung up.
    private func startConnect(_ number: Int32, until deadline: Deadline?) async throws(NetworkError) -> Bool {
        var backoff = Backoff(first: .milliseconds(1), most: .milliseconds(50))
        while true {
            if network == .unixgram, dialer.source == nil {
                // A name of the kernel's choice (unix(7), autobind): without one nobody could answer.
                do throws(Errno) { try SocketCalls.bind(number, to: .unix(.unnamed), family: .unix) } catch {
                    // Of the round before.
                    guard error == .invalidArgument, backoff.count > 0 else {
                        throw builder.failure(.system(error, call: "bind"))
                    }
                }
            }
            do throws(Errno) {
                try SocketCalls.connect(number, to: remote, family: remote.socketFamily)
                return true
            } catch {
                switch error {
                case .inProgress, .interrupted: return false
                // A Unix listener's full queue: there is nothing to wait for, poll(2) says ready at once (connect(2)).
                case .wouldBlock where remote.socketFamily == .unix: break
                default: throw failure(error)
                }
            }
            let pause = backoff.next()
            if let deadline, deadline <= .now + pause {
                await Netpoller.sleep(until: deadline)
                throw builder.failure(.timeout)
            }
            guard await Netpoller.sleep(for: pause) else { throw builder.failure(.cancelled) }
        }
    }

    /// Waits until the connect is decided. Writable is only a rumour: SO_ERROR and getpeername(2) tell.
    private func finishConnect(_ descriptor: PolledDescriptor, until deadline: Deadline?) async throws(NetworkError) {
        descriptor.noteBlocked(.write)
        descriptor[deadline: .write] = deadline
        do throws(DescriptorFailure) {
            try await descriptor.perform(.write) {
                [network, isMultipath = dialer.options.multipath] number throws(Errno) in
                // What became of it since the kernel tells once, and not here.
                if network.isTCP, try Self.hasWords(number, isMultipath: isMultipath) { return .done(()) }
                if let error = try SocketCalls.takeError(of: number) { throw error }
                do throws(Errno) {
                    _ = try SocketCalls.remoteEndpoint(of: number)
                    return .done(())
                } catch {
                    guard error == .notConnected else { throw error }
                    return .wouldBlock
                }
            }
            descriptor[deadline: .write] = nil
        } catch {
            // It may stand by now, and is not to look like one that came and had nothing to say.
            if error == .cancelled {
                try? descriptor.withNumber { number throws(Errno) in try SocketOption.setLinger(0, on: number) }
                descriptor.lingers = false
            }
            descriptor.close()
            if case .system(let number) = error { throw failure(number) }
            throw builder.failure(NetworkError.Cause(error, call: "connect"))
        }
    }

    /// What connect(2) or SO_ERROR said. A peer that sent its end before its reset leaves EPIPE; both are a reset.
    private func failure(_ error: Errno) -> NetworkError {
        builder.failure(.system(network.isTCP && error == .brokenPipe ? .connectionReset : error, call: "connect"))
    }
}
