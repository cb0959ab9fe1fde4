import SockKit

/// Sends datagrams to one peer or to several, and counts what becomes of them.
@Netpoller
final class DatagramSender {
    let socket: DatagramSocket
    let receivers: [Endpoint]
    let reporter: Reporter
    private let batch: OutgoingBatch
    private let pace: Cadence
    /// Each datagram goes by itself: somebody looks at it, or waits for what it brings.
    private let sendsSingly: Bool
    /// Whether the kernel is to cut runs into datagrams, once it has been seen that nobody refuses: a run brings one refusal.
    private var leavesCuttingToKernel: Bool
    private var known: Set<Endpoint> = []
    private(set) var sent = 0
    private var queuedBytes = 0
    private(set) var refused = 0
    private(set) var status = ExitStatus.success
    var bytes: Int { queuedBytes - batch.byteCount }
    /// Told of each datagram just before it goes: the place of its receiver.
    var onSend: (@Netpoller (Int) -> Void)?
    /// Told of each refusal: the place of the receiver that it is about.
    var onRefusal: (@Netpoller (Int) -> Void)?

    init(
        _ socket: DatagramSocket, to receivers: [Endpoint], pace: Cadence, singly: Bool, inRuns: Bool,
        _ reporter: Reporter
    ) throws(NetworkError) {
        self.socket = socket
        self.receivers = receivers
        self.pace = pace
        self.reporter = reporter
        sendsSingly = singly || reporter.isReported(.verbose)
        leavesCuttingToKernel = inRuns && !sendsSingly && socket.sendsRuns
        batch = try OutgoingBatch(
            for: socket, receivers: socket.remoteEndpoint == nil ? receivers : [], segments: false)
    }

    /// Sends a datagram to every receiver, once it is due; it may go with others that follow, until `flush`.
    func send(_ payload: [UInt8]) async throws(NetworkError) {
        try await unsafe send(count: payload.count) { room in
            unsafe payload.withUnsafeBytes { all in unsafe room.copyMemory(from: all) }
        }
    }

    /// As `send(_:)`, for a payload that `fill` writes in place.
    func send(count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) async throws(NetworkError) {
        if let due = pace.due(), !due.hasPassed {
            try await flush()
            guard await Netpoller.sleep(until: due) else { throw cancelled }
        }
        for place in receivers.indices {
            onSend?(place)
            let receiver = socket.remoteEndpoint == nil ? place : nil
            while unsafe !batch.append(count: count, to: receiver, fill) { try await flush() }
            queuedBytes += count
            if sendsSingly {
                try await flush()
                report(count, to: receivers[place])
                // The reports are the output: a sender whose reader has gone is done.
                if reporter.isTargetGone { throw cancelled }
            }
        }
        pace.note(bytes: count * receivers.count)
    }

    /// Waits until the kernel has taken all.
    func flush() async throws(NetworkError) {
        var failure: NetworkError?
        while !batch.isEmpty {
            if Task.isCancelled { throw cancelled }
            do throws(NetworkError) {
                sent += try await socket.send(batch)
                failure = nil
                // A call that stopped half-way has met a refusal, and keeps it to itself (sendmmsg(2)).
                if !batch.isEmpty { takeErrors() }
            } catch {
                if socket.isSecured, Self.isRefusal(error) {
                    // Whoever had the keys is gone, and who comes in his place has none.
                    note(error)
                    throw cancelled
                }
                // Twice the same, and nothing on the queue: that is no news of earlier datagrams, this one cannot go.
                guard Self.isRefusal(error), takeErrors() || failure != error else { throw error }
                failure = error
            }
        }
        batch.removeAll()
        if leavesCuttingToKernel {
            leavesCuttingToKernel = false
            takeErrors()
            batch.segments = refused == 0
        }
        await Task.yield()
    }

    // MARK: - What came back

    /// Looks at what came back for datagrams sent before; false if that was nothing.
    @discardableResult
    func takeErrors() -> Bool {
        let errors = socket.takeErrors().filter(Self.isRefusal)
        for error in errors { note(error) }
        return !errors.isEmpty
    }

    /// The length of the datagram that is to go next.
    var batchLength: Int { batch.first?.length ?? 0 }

    /// Counts a refusal; each receiver's first one is reported.
    private func note(_ error: NetworkError) {
        refused += 1
        status = ExitStatus(of: error)
        batch.segments = false
        if let place = socket.remoteEndpoint == nil ? receivers.firstIndex(where: { $0 == error.remote }) : 0 {
            onRefusal?(place)
        }
        guard let remote = error.remote ?? socket.remoteEndpoint, known.insert(remote).inserted else { return }
        reporter.fail(error)
    }

    /// What the network said of a datagram sent before, rather than of this one.
    static func isRefusal(_ error: NetworkError) -> Bool {
        switch error.errno {
        case .connectionRefused, .hostUnreachable, .networkUnreachable: error.network?.isUDP ?? false
        default: false
        }
    }

    private func report(_ count: Int, to receiver: Endpoint) {
        let ends = Ends(socket.network, local: socket.localEndpoint, remote: receiver)
        reporter.report(DatagramSentEvent(ends: ends, bytes: count, length: count))
    }

    private var cancelled: NetworkError {
        NetworkError(.write, network: socket.network, local: socket.localEndpoint, cause: .cancelled)
    }
}

extension DatagramSender {
    /// What there is to know of a datagram that was too long: how long it may be.
    func limit(of error: NetworkError, isWhole: Bool) -> String {
        let length = Quantity.count(batchLength, "byte")
        if socket.isSecured { return "the datagram has \(length); TLS hides at most 16384 bytes at a time" }
        let far = error.remote ?? socket.remoteEndpoint
        switch far {
        case .unix, .vsock, nil:
            // The kernel keeps 32 bytes of the buffer for itself (unix(7)).
            let room = socket.bufferSizes.map { "\($0.send - 32) bytes" } ?? "what the send buffer holds"
            return "the datagram has \(length); the limit here is \(room), which --sndbuf raises"
        case .ip(let address, _):
            let isV4 = address.unmapped.family == .v4
            let whole = "the limit over IPv\(isV4 ? "4" : "6") is \(isV4 ? 65507 : 65527) bytes"
            guard isWhole, let path = socket.pathLimit, path < (isV4 ? 65507 : 65527) else {
                return "the datagram has \(length); \(whole)"
            }
            return "the datagram has \(length); without fragments the path takes \(path) bytes"
        }
    }
}
