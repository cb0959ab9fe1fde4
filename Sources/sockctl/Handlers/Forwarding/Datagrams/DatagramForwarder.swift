import SockKit

/// Joins each sender of datagrams to a socket of its own that is connected to a target; answers go back to the sender
/// from the address that it sent to.
@Netpoller
final class DatagramForwarder {
    struct Limits: Sendable {
        /// So many senders, and no more.
        var accepts: Int?
        /// So many at once.
        var senders: Int?
        /// How long nothing may come or go between a sender and its target.
        var silence: Duration?
        var lifetime: Duration?
    }

    let socket: DatagramSocket
    let targets: DatagramTargets
    let limits: Limits
    let copies: PayloadCopies
    let reporter: Reporter
    /// Whose datagrams are taken; nil is everybody's.
    var gate: Gate?
    /// What keeps all that passes; nil where nothing is kept.
    var recorder: Recorder?
    /// What is wrong on purpose; nil where nothing is.
    var faults: FaultDesk?
    var counts = DatagramCounts()

    // Lent to one association at a time: nobody waits for anything while one of them holds a datagram.
    /// What senders gave.
    private let incoming: DatagramBatch
    /// What a target gave.
    let answers: DatagramBatch
    /// On the way to a target.
    let toTarget: OutgoingBatch
    /// On the way to a sender.
    let toSender: OutgoingBatch

    /// Whom the datagrams on the way to a sender are for.
    private var receiver: Endpoint?

    private let tellsOrigin: Bool
    private var associations: [DatagramOrigin: ForwardedSender] = [:]
    private var isFinishing = false
    /// Numbers go on, though somebody came to nothing.
    private var numbered = 0
    /// Nobody has been silent for long before then.
    private var noneIsSilentBefore = Deadline.past

    /// Whoever has said and heard nothing for so long gives way where there are no more sockets.
    nonisolated private static let rest = Duration.seconds(1)

    init(
        _ socket: DatagramSocket, _ targets: DatagramTargets, limits: Limits, _ copies: PayloadCopies,
        _ reporter: Reporter
    ) throws(NetworkError) {
        self.socket = socket
        self.targets = targets
        self.limits = limits
        self.copies = copies
        self.reporter = reporter
        tellsOrigin = socket.localEndpoint.address?.isUnspecified ?? false
        if tellsOrigin { socket.receiveDestinations() }
        let isCoalesced = socket.coalesceRuns()
        incoming = Self.batch(hasControl: tellsOrigin, isCoalesced)
        answers = Self.batch(hasControl: false, true)
        toTarget = try OutgoingBatch(for: socket)
        toSender = try OutgoingBatch(for: socket)
    }

    /// More than most datagrams have: 65,535 bytes over IP, 212,960 on Unix sockets with the default buffer.
    private static func batch(hasControl: Bool, _ isCoalesced: Bool) -> DatagramBatch {
        DatagramBatch(capacity: 32, room: 256 << 10, hasControl: hasControl, coalesced: isCoalesced)
    }

    // MARK: - Its life

    /// Runs until it is told to finish, or the last of so many senders is gone.
    func run() async -> ExitStatus {
        defer { for association in associations.values { association.close(.local) } }
        do throws(NetworkError) {
            while true {
                try await socket.receive(into: incoming)
                passOn()
                await recorder?.waitForRoom()
                await copies.waitForRoom()
                await Task.yield()
            }
        } catch {
            if isFinishing || error.isClosed || error.cause == .cancelled { return .success }
            return reporter.fail(error)
        }
    }

    func finish(_ reason: String) {
        isFinishing = true
        reporter.report(StoppingEvent(reason: reason))
        socket.close()
    }

    /// Says how many senders there were and are, as SIGUSR1 asks.
    func reportProgress() {
        reporter.writeProgressLine(
            "\(Quantity.count(counts.senders, "sender")) so far, \(associations.count) now, "
                + "\(Quantity.count(counts.up.datagrams, "datagram")) up, \(counts.down.datagrams) down, "
                + "\(counts.dropped) dropped")
    }

    /// What it came to, where that is asked for.
    func summarize() {
        guard reporter.isReported(.verbose) else { return }
        var measures = counts.measures
        if faults != nil { measures += counts.measuresOfFaults }
        if let gate { measures.append(Measure("denied", .count(gate.deniedCount))) }
        reporter.report(SummaryEvent(measures: measures))
    }

    // MARK: - Senders

    private func passOn() {
        let now = Deadline.now
        var current: ForwardedSender?
        for index in 0..<incoming.count {
            let source = incoming.source(of: index)
            if let gate, !gate.takes(from: source) { continue }
            if givesUp(index, of: incoming, from: socket) { continue }
            let sender = DatagramOrigin(endpoint: source, near: tellsOrigin ? origin(of: index) : nil)
            if current?.sender != sender || current?.isClosed ?? true {
                current?.flushUp()
                current = associations[sender] ?? admit(sender)
            }
            if let current {
                incoming.withPayload(of: index) { current.take($0, at: now) }
            } else {
                counts.dropped += 1
            }
        }
        current?.flushUp()
    }

    /// Whether a datagram is longer than what is kept of one: a part of it is not passed on as if it were all.
    func givesUp(_ index: Int, of batch: DatagramBatch, from socket: DatagramSocket) -> Bool {
        guard batch.length(of: index) > batch.byteCount(of: index) else { return false }
        counts.dropped += 1
        let error = NetworkError(
            .read, network: socket.network, local: socket.localEndpoint, remote: batch.source(of: index),
            cause: .system(.messageTooLong, call: "recvmmsg"))
        targets.failures.tell(error, hint: "a datagram of more than \(batch.room) bytes is dropped")
        return true
    }

    /// The address that an answer is to come from. Nothing can come from a group's.
    private func origin(of index: Int) -> IPAddress? {
        guard let address = incoming.control(of: index).destination, !address.isMulticast, address.v4Bits != .max else {
            return nil
        }
        return address
    }

    private func admit(_ sender: DatagramOrigin) -> ForwardedSender? {
        let ends = Ends(socket.network, local: sender.near.map(local) ?? socket.localEndpoint, remote: sender.endpoint)
        if let reason = crowd {
            if targets.failures.isDue("crowd") { reporter.report(PeerRefusedEvent(ends: ends, reason: reason)) }
            return nil
        }
        counts.senders += 1
        numbered += 1
        let association = ForwardedSender(sender, ends, number: numbered, self)
        associations[sender] = association
        return association
    }

    private func local(_ address: IPAddress) -> Endpoint { .ip(address, port: socket.localEndpoint.port ?? 0) }

    /// Ends what has been silent for longest, so that somebody new has its socket; false where nothing has been for long.
    func makeRoom() -> Bool {
        let now = Deadline.now
        guard noneIsSilentBefore <= now else { return false }
        var oldest = Deadline.never
        for association in associations.values where association.socket != nil {
            oldest = min(oldest, association.silentSince)
        }
        guard oldest != .never else { return false }
        guard oldest + Self.rest <= now else {
            noneIsSilentBefore = oldest + Self.rest
            return false
        }
        // Those that have been silent about as long may end with it: so many are not looked through for one.
        let last = oldest + (now - oldest) / 16
        var count = 1 + associations.count / 16
        for association in associations.values where count > 0 && association.socket != nil {
            guard association.silentSince <= last else { continue }
            association.close(.local)
            count -= 1
        }
        return true
    }

    /// Why there is no room for one more.
    private var crowd: String? {
        if let most = limits.senders, associations.count >= most {
            return most == 0
                ? "--max-conns 0 lets nobody in"
                : "\(Quantity.count(most, "sender")) being served already, as many as --max-conns allows"
        }
        if let most = limits.accepts, counts.senders >= most {
            return "\(Quantity.count(most, "sender")) came before, as many as --max-accepts allows"
        }
        return nil
    }

    /// Makes ready for answers to a sender; false where it has no name that they could be sent to.
    func canAnswer(_ sender: DatagramOrigin) -> Bool {
        guard sender.endpoint != .unix(.unnamed) else {
            let error = NetworkError(
                .write, network: socket.network, local: socket.localEndpoint,
                cause: .system(.destinationRequired, call: "sendmmsg"))
            targets.failures.tell(error, hint: "a sender is answered by its name: it has to be bound to one")
            return false
        }
        guard sender.endpoint != receiver else { return true }
        do throws(NetworkError) {
            try toSender.setReceivers([sender.endpoint], for: socket)
            receiver = sender.endpoint
            return true
        } catch {
            targets.failures.tell(error)
            return false
        }
    }

    /// An association is over.
    func remove(_ association: ForwardedSender) {
        associations[association.sender] = nil
        // The last of so many: nobody is waited for any more.
        if associations.isEmpty, limits.accepts.map({ counts.senders >= $0 }) ?? false { socket.close() }
    }
}

/// Who sends datagrams, and to which of this machine's addresses, where there are several.
struct DatagramOrigin: Hashable, Sendable {
    let endpoint: Endpoint
    let near: IPAddress?
}
