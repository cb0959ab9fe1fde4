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
    }

    public struct Rules: Sendable {
        /// After the input's end, how long the next datagram is waited for; nil is for ever.
        public var grace: Duration? = .seconds(1)
        public var idleTimeout: Duration?
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

    private let ends: Ends
    private let input: ByteSource?
    private let output: ByteSink?
    private let rules: Rules
    private let tap: RelayTap
    private let mailbox = Mailbox<Signal>()
    private let inbound: RelayFlow
    private let outbound: RelayFlow
    private var peers: [Endpoint] = []
    private var arrived = 0
    private var delivered = 0
    private var isSending = false
    private var inputEndedAt: Deadline?

    /// Told of each datagram that arrived, and of each that was sent and to whom.
    public var onReceive: (@Netpoller (Datagram) -> Void)?
    public var onSend: (@Netpoller (Int, Endpoint) -> Void)?
    public var onNewPeer: (@Netpoller (Endpoint) -> Void)?

    private enum Signal: Sendable {
        case inputEnded, arrived, outputGone
        case failed(NetworkError)
    }

    public init(
        _ ends: Ends, input: ByteSource?, output: ByteSink?, rules: Rules = Rules(), tap: RelayTap = RelayTap()
    ) {
        self.ends = ends
        self.input = input
        self.output = output
        self.rules = rules
        self.tap = tap
        inbound = RelayFlow(.received, counts: nil)
        outbound = RelayFlow(.sent, counts: nil)
        inbound.keepsTime = true
        outbound.keepsTime = true
    }

    /// Datagrams received so far.
    public var datagramsReceived: Int { arrived }

    /// Runs to the end. The socket is left open; the task's cancellation ends the relay.
    public func run() async -> RelayResult {
        var tasks = [Netpoller.spawn { await self.receive() }]
        if case .connected = ends { startSending(&tasks) }
        if let output {
            tasks.append(Netpoller.spawn { if await output.waitUntilGone() { self.mailbox.post(.outputGone) } })
        }
        let ending = await decide(&tasks)
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        return RelayResult(
            ending: ending, bytesReceived: inbound.bytes, bytesSent: outbound.bytes, bytesStranded: outbound.stranded,
            bytesUnacknowledged: 0, peerEnded: false, inputEnded: inputEndedAt != nil, firstByteAt: inbound.firstAt)
    }

    private func startSending(_ tasks: inout [Task<Void, Never>]) {
        isSending = true
        if input != nil { tasks.append(Netpoller.spawn { await self.send() }) }
    }

    // MARK: - The directions

    private func receive() async {
        var buffer = [UInt8](repeating: 0, count: rules.readSize)
        do throws(NetworkError) {
            while true {
                let datagram = try await next(into: &buffer)
                note(datagram)
                let payload = buffer.span.extracting(first: datagram.count)
                tap.seesReceived?(payload)
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
        inbound.add(datagram.count)
        if case .open(_, let everyone) = ends {
            // A Unix sender without a name cannot be answered.
            if datagram.source != .unix(.unnamed) {
                if !everyone {
                    peers = [datagram.source]
                } else if !peers.contains(datagram.source) {
                    peers.append(datagram.source)
                    onNewPeer?(datagram.source)
                }
            }
        }
        onReceive?(datagram)
    }

    private func send() async {
        guard let input else { return }
        do throws(NetworkError) {
            while true {
                let chunk = try await input.readChunk(maximum: rules.writeSize)
                guard !chunk.isEmpty else { break }
                outbound.stranded = chunk.count
                let bytes = chunk.withBytes { bytes in tap.converts?(bytes) ?? bytes.copied }
                try await deliver(bytes)
                outbound.stranded = 0
                chunk.giveBack()
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
            onSend?(bytes.count, connection.remoteEndpoint)
            outbound.add(bytes.count)
        case .open(let socket, _):
            if peers.isEmpty {
                let cause = NetworkError.Cause.system(.destinationRequired, call: "sendto")
                throw NetworkError(.write, network: socket.network, local: socket.localEndpoint, cause: cause)
            }
            for peer in peers {
                try await socket.send(bytes.span, to: peer)
                onSend?(bytes.count, peer)
                outbound.add(bytes.count)
            }
        }
        tap.seesSent?(bytes.span)
    }

    // MARK: - The rules

    private func decide(_ tasks: inout [Task<Void, Never>]) async -> RelayResult.Ending {
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
        return max(inputEndedAt, inbound.lastAt) + grace
    }

    private var idleEnd: Deadline? {
        rules.idleTimeout.map { max(inbound.lastAt, outbound.lastAt) + $0 }
    }
}

extension Span<UInt8> {
    /// The bytes in an array of their own.
    var copied: [UInt8] { unsafe withUnsafeBytes { unsafe Array($0) } }
}
