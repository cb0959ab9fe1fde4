/// Joins a datagram socket to an input and an output: each read of the input is one datagram, each datagram's payload
/// is output as it is. Datagrams have no end, so the rules name one.
@Netpoller
public final class DatagramRelay {
    /// Who is spoken to.
    public enum Ends {
        /// One peer, by a connected socket.
        case connected(Connection)
        /// Whoever speaks: the last one is answered, or with `everyone` all who have spoken are.
        case open(DatagramSocket, everyone: Bool)

        /// How many datagrams the kernel has dropped, and the size of the buffer that they found full.
        @Netpoller
        package var drops: (count: Int, buffer: Int?)? {
            switch self {
            case .connected(let connection): connection.drops.map { ($0, connection.bufferSizes?.receive) }
            case .open(let socket, _): socket.drops.map { ($0, socket.bufferSizes?.receive) }
            }
        }
    }

    public struct Rules: Sendable {
        /// After the input's end, how long the next datagram is waited for; nil is for ever.
        public var grace: Duration? = .seconds(1)
        public var idleTimeout: Duration?
        /// For `Ends.open`: until the first datagram nobody is idle.
        public var awaitsFirst = false
        /// Until the first datagram, for `Ends.open`.
        public var firstTimeout: Duration?
        /// So many datagrams received are enough.
        public var count: Int?
        /// The longest datagram made of one read of the input.
        public var writeSize = 8192
        /// What one read takes of a datagram; by default more than any has: 65,535 bytes over IP, 212,960 on Unix
        /// sockets with the default buffer.
        public var readSize = 256 * 1024

        public init() {}
    }

    public enum Ending: Sendable {
        case done, outputGone, idle, cancelled
        case failed(NetworkError)
    }

    public struct Result: Sendable {
        public let ending: Ending
        public let bytesSent: Int
        /// Taken from the input, and not sent.
        public let bytesUnsent: Int
    }

    private let ends: Ends
    private let input: (any ByteStream)?
    private let output: ByteSink?
    private let rules: Rules
    private let mailbox = Mailbox<Signal>()
    private var bytesSent = 0
    /// Taken from the input, and not sent.
    private var unsent: [UInt8] = []
    private var lastReceived = Deadline.now
    private var lastSent = Deadline.now
    private var peers: [Endpoint] = []
    private var known: Set<Endpoint> = []
    private var arrived = 0
    private var delivered = 0
    private var isSending = false
    private var inputEndedAt: Deadline?

    /// Asked whether a datagram of this sender is taken; without it all are.
    public var takes: (@Netpoller (Endpoint) -> Bool)?
    /// Told of each datagram that arrived, and of each that was sent and to whom.
    public var onReceive: (@Netpoller (Datagram) -> Void)?
    public var onSend: (@Netpoller (Int, Endpoint) -> Void)?
    /// Told of one of several that nothing can be sent to: it is forgotten.
    public var onLost: (@Netpoller (Endpoint, NetworkError) -> Void)?
    /// Shown the payloads that came, and those that went.
    public var seesReceived: WatchedStream.Look?
    public var seesSent: WatchedStream.Look?
    /// Waits until whoever is shown them can take more.
    public var waitsForRoom: (@Netpoller () async -> Void)?

    /// So many are received before others have the loop.
    private static let most = 64
    /// So many are answered; the one who has been known longest makes room.
    private static let mostPeers = 1024

    private enum Signal: Sendable {
        case inputEnded, arrived, outputGone
        case failed(NetworkError)
    }

    public init(_ ends: Ends, input: (any ByteStream)?, output: ByteSink?, rules: Rules = Rules()) {
        self.ends = ends
        self.input = input
        self.output = output
        self.rules = rules
    }

    /// Datagrams received so far.
    public var datagramsReceived: Int { arrived }

    /// Runs to the end. The socket is left open; the task's cancellation ends the relay.
    public func run() async -> Result {
        var tasks = [Netpoller.spawn { await self.receive() }]
        if case .connected = ends { startSending(&tasks) }
        if let output {
            tasks.append(
                Netpoller.spawn { if (try? await output.waitUntilGone()) != nil { self.mailbox.post(.outputGone) } })
        }
        let ending = await decide(&tasks)
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        return Result(ending: ending, bytesSent: bytesSent, bytesUnsent: unsent.count)
    }

    private func startSending(_ tasks: inout [Task<Void, Never>]) {
        isSending = true
        if input != nil { tasks.append(Netpoller.spawn { await self.send() }) }
    }

    // MARK: - The directions

    private func receive() async {
        var buffer = [UInt8](repeating: 0, count: rules.readSize)
        var taken = 0
        do throws(NetworkError) {
            while true {
                await waitsForRoom?()
                let datagram = try await next(into: &buffer)
                // Neither this nor a write into a file waits while there are more, whoever sent them.
                taken &+= 1
                if taken % Self.most == 0 { await Task.yield() }
                if let takes, !takes(datagram.source) { continue }
                note(datagram)
                let payload = buffer.span.extracting(first: datagram.count)
                seesReceived?(payload)
                try await output?.write(payload)
                mailbox.post(.arrived)
                if arrived == rules.count { return }
            }
        } catch {
            mailbox.post(error.isOutputGone ? .outputGone : .failed(error))
        }
    }

    private func next(into buffer: inout [UInt8]) async throws(NetworkError) -> Datagram {
        var room = buffer.mutableSpan
        switch ends {
        case .connected(let connection): return try await connection.receiveMessage(into: &room)
        case .open(let socket, _): return try await socket.receive(into: &room)
        }
    }

    private func note(_ datagram: Datagram) {
        arrived += 1
        lastReceived = .now
        if case .open(_, let everyone) = ends, datagram.source.isAnswerable { note(datagram.source, everyone) }
        onReceive?(datagram)
    }

    private func note(_ peer: Endpoint, _ everyone: Bool) {
        guard everyone else { return peers = [peer] }
        guard known.insert(peer).inserted else { return }
        peers.append(peer)
        if peers.count > Self.mostPeers { known.remove(peers.removeFirst()) }
    }

    private func send() async {
        guard let input else { return }
        do throws(NetworkError) {
            while true {
                let chunk = try await input.readChunk(maximum: rules.writeSize)
                guard !chunk.isEnd else { break }
                unsent = chunk.copy()
                chunk.giveBack()
                try await deliver(unsent)
                unsent = []
            }
            mailbox.post(.inputEnded)
        } catch {
            mailbox.post(.failed(error))
        }
    }

    private func deliver(_ bytes: [UInt8]) async throws(NetworkError) {
        switch ends {
        case .connected(let connection):
            try await connection.write(bytes)
            note(bytes.count, to: connection.remoteEndpoint)
        case .open(let socket, _):
            if peers.isEmpty {
                let cause = NetworkError.Cause.system(.destinationRequired, call: "sendto")
                throw NetworkError(.write, network: socket.network, local: socket.localEndpoint, cause: cause)
            }
            for peer in peers {
                do throws(NetworkError) { try await socket.send(bytes.span, to: peer) } catch {
                    // One who has gone ends it for nobody else.
                    guard known.remove(peer) != nil, error.isAboutReceiver else { throw error }
                    peers.removeAll { $0 == peer }
                    onLost?(peer, error)
                    continue
                }
                note(bytes.count, to: peer)
            }
        }
        seesSent?(bytes.span)
    }

    private func note(_ count: Int, to peer: Endpoint) {
        bytesSent += count
        lastSent = .now
        onSend?(count, peer)
    }

    // MARK: - The rules

    private func decide(_ tasks: inout [Task<Void, Never>]) async -> Ending {
        let start = Deadline.now
        while true {
            let firstEnd = arrived == 0 ? rules.firstTimeout.map { start + $0 } : nil
            let deadline = [firstEnd, graceEnd, idleEnd].compactMap { $0 }.min()
            let next = await mailbox.next(until: deadline)
            switch next.message {
            case .inputEnded: inputEndedAt = .now
            case .arrived:
                if !isSending, case .open = ends { startSending(&tasks) }
                delivered += 1
                if delivered == rules.count { return .done }
            case .outputGone: return .outputGone
            case .failed(let error): return .failed(error)
            case nil:
                if next.wake == .cancelled { return .cancelled }
                if let graceEnd, graceEnd.hasPassed { return .done }
                // What was looked forward to may have moved since: a datagram came.
                if let firstEnd, arrived == 0, firstEnd.hasPassed { return .idle }
                if let idleEnd, idleEnd.hasPassed { return .idle }
            }
        }
    }

    private var graceEnd: Deadline? {
        guard let inputEndedAt, let grace = rules.grace else { return nil }
        return max(inputEndedAt, lastReceived) + grace
    }

    private var idleEnd: Deadline? {
        if rules.awaitsFirst, arrived == 0, case .open = ends { return nil }
        return rules.idleTimeout.map { max(lastReceived, lastSent) + $0 }
    }
}

extension Endpoint {
    /// A Unix sender without a name cannot be answered, and nobody listens at port 0.
    fileprivate var isAnswerable: Bool {
        switch self {
        case .unix(.unnamed), .ip(_, port: 0): false
        default: true
        }
    }
}

extension NetworkError {
    /// Why a datagram could not be sent lies with whom it was for: others can be sent to.
    fileprivate var isAboutReceiver: Bool { errno != nil && cause != .closed && cause != .cancelled }
}
