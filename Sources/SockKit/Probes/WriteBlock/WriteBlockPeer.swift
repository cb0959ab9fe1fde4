/// The probe's own peer: the socket that the writer writes to, in this process, on this loop.
@Netpoller
final class WriteBlockPeer {
    private enum Socket {
        case connection(Connection)
        case datagrams(DatagramSocket)
    }

    private let socket: Socket
    /// How many bytes it read, and in how many reads.
    private(set) var bytesRead = 0
    private(set) var reads = 0
    /// How many bytes were cut off from messages that were longer than the read.
    private(set) var bytesCut = 0
    private(set) var hasEnded = false
    private var page: [UInt8] = []

    private init(_ socket: Socket) {
        self.socket = socket
    }

    /// A connection to the probe's destination or, where it has none, to a peer of its own.
    static func open(
        for probe: WriteBlockProbe
    ) async throws(NetworkError) -> (connection: Connection, peer: WriteBlockPeer?) {
        if let destination = probe.destination {
            return (try await probe.dialer.dial(probe.network, to: destination), nil)
        }
        let configuration = ListenConfiguration(backlog: 1, options: probe.dialer.options)
        let place = Destination.ofOwn(probe.network)
        if probe.network.kind == .datagram {
            let socket = try await configuration.listenDatagram(probe.network, at: place)
            let connection = try await probe.dialer.dial(probe.network, to: Destination(socket.localEndpoint))
            return (connection, WriteBlockPeer(.datagrams(socket)))
        }
        let listener = try await configuration.listen(probe.network, at: place)
        defer { listener.close() }
        let connection = try await probe.dialer.dial(probe.network, to: Destination(listener.endpoint))
        // It is in the queue already, and what it may lack nobody but this probe has.
        listener.deadline = .now + .seconds(2)
        listener.failsWhenShort = true
        return (connection, WriteBlockPeer(.connection(try await listener.accept())))
    }

    /// The peer's end of the connection; nil for datagrams, which have none.
    var connection: Connection? {
        if case .connection(let connection) = socket { connection } else { nil }
    }

    private var descriptor: PolledDescriptor {
        switch socket {
        case .connection(let connection): connection.descriptor
        case .datagrams(let datagrams): datagrams.descriptor
        }
    }

    /// How many bytes wait to be read; nil for datagrams, where the kernel tells only the length of the next one.
    var queued: Int? { connection?.queueDepths?.received }

    var receiveBuffer: Int? {
        switch socket {
        case .connection(let connection): connection.bufferSizes?.receive
        case .datagrams(let datagrams): datagrams.bufferSizes?.receive
        }
    }

    /// How much of its receive buffer is free.
    var room: Int? {
        descriptor.ask { number throws(Errno) in
            let memory = try SocketOption.receiveMemory(of: number)
            return max(0, memory.size - memory.used)
        }
    }

    // MARK: - Reading

    /// Waits for bytes, or a message, and reads once. Returns how many came; nil at the end.
    func read(upTo size: Int) async throws(NetworkError) -> Int? {
        if page.count != size { page = [UInt8](repeating: 0, count: size) }
        // Moved out for the wait: a stored property must not be borrowed across it.
        var buffer: [UInt8] = []
        swap(&buffer, &page)
        defer { swap(&buffer, &page) }
        var span = buffer.mutableSpan
        switch socket {
        case .connection(let connection) where connection.network.kind == .stream:
            let count = try await connection.read(into: &span)
            return count == 0 ? nil : note(count, of: count)
        case .connection(let connection):
            let message = try await connection.readChunk(maximum: size)
            return message.isEnd ? nil : note(message.count, of: message.length)
        case .datagrams(let datagrams):
            let datagram = try await datagrams.receive(into: &span)
            return note(datagram.count, of: datagram.length)
        }
    }

    private func note(_ count: Int, of length: Int) -> Int {
        bytesRead += count
        bytesCut += length - count
        reads += 1
        return count
    }

    /// Takes what is in the queue, without waiting, and counts its bytes; this does not count as reading.
    func countQueuedMessages() -> Int {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 16)
        defer { unsafe buffer.deallocate() }
        var total = 0
        while let length = try? descriptor.withNumber({ number throws(Errno) in
            // The message's own length, although little of it is taken (MSG_TRUNC).
            guard case .done(let message) = try unsafe TransferCalls.receiveFrom(number, into: buffer) else {
                throw .wouldBlock
            }
            return message.length
        }) {
            total += length
        }
        return total
    }

    // MARK: - Ending

    /// Ends in that way. Draining is not an end: it is done by reading.
    func end(_ ending: WriteBlockProbe.PeerEnding) throws(Errno) {
        hasEnded = true
        switch ending {
        case .drain: hasEnded = false
        case .close: close()
        case .reset: if let connection { connection.reset() } else { close() }
        case .kill:
            // The child has a copy of the socket. Once ours is closed it is the only one that holds it.
            let child = try ChildCalls.forkSleeper()
            close()
            try ChildCalls.killAndReap(child)
        }
    }

    func close() {
        switch socket {
        case .connection(let connection): connection.close()
        case .datagrams(let datagrams): datagrams.close()
        }
    }
}

extension Destination {
    fileprivate init(_ endpoint: Endpoint) {
        switch endpoint {
        case .unix(let name): self.init(place: .unix(name))
        case .vsock(let address): self.init(place: .vsock(address))
        case .ip(let address, let port): self.init(place: .host("\(address)", service: "\(port)"))
        }
    }
}
