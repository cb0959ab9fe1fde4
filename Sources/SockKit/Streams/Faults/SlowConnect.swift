/// Makes connecting to a TCP listener slow: a filter of the listener's throws SYNs away, as a full queue would, until the
/// time of the client that sends them has come.
///
/// A client on this machine is known by its own socket, from its first SYN on; each has its own time, and which of its SYNs
/// comes first after that is told by its kernel's timer. Of clients elsewhere only their SYNs are seen, and not whose
/// they are: after the delay whoever comes first is let in.
@Netpoller
public final class SlowConnect {
    private struct Client {
        let first: Deadline
        var retransmits: Int
        var isAdmitted = false
    }

    private let listener: Listener
    private let port: UInt16
    private var delay = Duration.zero
    private var clients: [UInt16: Client] = [:]
    private var drops: UInt32 = 0
    /// When a SYN came that nobody on this machine had sent.
    private var strangerSince: Deadline?
    private var letsStrangersIn = false
    private var watch: Task<Void, Never>?

    /// So often the listener is asked whether it has thrown something away.
    private static let interval = Duration.milliseconds(50)
    /// The wait after the first SYN (TCP_TIMEOUT_INIT).
    private static let firstTimeout = Duration.seconds(1)
    /// A stranger is let in within this time after its own; the kernel's waits between SYNs are mostly shorter.
    private static let patience = Duration.seconds(10)
    /// A filter has room for 4,096 instructions.
    private static let most = 1500

    public init(_ listener: Listener) {
        self.listener = listener
        port = listener.endpoint.port ?? 0
    }

    /// How long connecting takes at least, from now on.
    public func set(_ delay: Duration) throws(NetworkError) {
        self.delay = delay
        guard delay > .zero else {
            watch?.cancel()
            (watch, clients, strangerSince, letsStrangersIn) = (nil, [:], nil, false)
            return try option { number throws(Errno) in try FilterCalls.detach(from: number) }
        }
        try refresh()
        guard watch == nil else { return }
        drops = currentDrops ?? 0
        watch = Netpoller.spawn {
            while await Netpoller.sleep(for: Self.interval) {
                guard let drops = self.currentDrops else { return }
                if drops != self.drops { self.look(drops) }
                self.lookForStrangers()
            }
        }
    }

    /// A client has come in: what it sends is not filtered.
    public func noteAccepted(_ connection: Connection) {
        guard watch != nil else { return }
        try? connection.descriptor.withNumber { number throws(Errno) in try FilterCalls.detach(from: number) }
        if let port = connection.remoteEndpoint.port, clients.removeValue(forKey: port) != nil { return }
        if connection.remoteEndpoint.address?.unmapped.isLoopback ?? true { return }
        (strangerSince, letsStrangersIn) = (nil, false)
        try? refresh()
    }

    public func close() { watch?.cancel() }

    private var currentDrops: UInt32? {
        try? listener.descriptor.withNumber { number throws(Errno) in try FilterCalls.drops(of: number) }
    }

    // MARK: - Who knocks

    /// SYNs were thrown away: looks whose they were, and whom the next one lets in.
    private func look(_ drops: UInt32) {
        let now = Deadline.now
        var unexplained = Int(drops &- self.drops)
        self.drops = drops
        var present: Set<UInt16> = []
        var hasNew = false
        for knock in knocks() {
            present.insert(knock.port)
            var client = clients[knock.port] ?? Client(first: start(of: knock, at: now), retransmits: -1)
            if client.retransmits != knock.retransmits {
                unexplained -= 1
                client.retransmits = knock.retransmits
            }
            if !client.isAdmitted, now + knock.expiry >= client.first + delay {
                client.isAdmitted = true
                hasNew = true
            }
            clients[knock.port] = client
        }
        // Those that connected, or gave up.
        for port in clients.keys where !present.contains(port) { clients[port] = nil }
        if unexplained > 0, strangerSince == nil { strangerSince = now }
        if hasNew { try? refresh() }
    }

    /// When it began: known while it waits for the first time.
    private func start(of knock: ConnectingSocket, at now: Deadline) -> Deadline {
        knock.retransmits == 0 ? now + (knock.expiry - Self.firstTimeout) : now
    }

    private func lookForStrangers() {
        guard let since = strangerSince else { return }
        let opens = since + delay
        if (opens + Self.patience).hasPassed {
            (strangerSince, letsStrangersIn) = (nil, false)
        } else if opens.hasPassed, !letsStrangersIn {
            letsStrangersIn = true
        } else {
            return
        }
        try? refresh()
    }

    private func knocks() -> [ConnectingSocket] {
        [SocketFamily.inet, .inet6].flatMap { (try? DiagnosticCalls.connecting(to: port, $0)) ?? [] }
    }

    // MARK: - The filter

    private func refresh() throws(NetworkError) {
        let ports = clients.filter(\.value.isAdmitted).keys.prefix(Self.most)
        let program = Self.program(admitting: Array(ports), strangers: letsStrangersIn)
        try option { number throws(Errno) in try FilterCalls.attach(program, to: number) }
    }

    /// Throws away SYNs, but for those of these ports.
    nonisolated static func program(admitting ports: [UInt16], strangers: Bool) -> [FilterInstruction] {
        // The flags of the TCP header: SYN is 2, and with ACK, 16, it is an answer.
        var program: [FilterInstruction] = [
            .loadByte(13), .and(0x12), .skip(ifEqual: 2, 1, otherwise: 0), .accept, .loadHalf(0),
        ]
        for port in ports { program += [.skip(ifEqual: UInt32(port), 0, otherwise: 1), .accept] }
        guard strangers else { return program + [.drop] }
        let network = FilterInstruction.network
        // Those of this machine come from 127.0.0.0/8 or ::1; the first four bits of the IP header are its version.
        return program + [
            .loadByte(network), .and(0xf0), .skip(ifEqual: 0x40, 0, otherwise: 4),
            .loadByte(network + 12), .skip(ifEqual: 127, 0, otherwise: 1), .drop, .accept,
            .loadWord(network + 8), .skip(ifEqual: 0, 0, otherwise: 7),
            .loadWord(network + 12), .skip(ifEqual: 0, 0, otherwise: 5),
            .loadWord(network + 16), .skip(ifEqual: 0, 0, otherwise: 3),
            .loadWord(network + 20), .skip(ifEqual: 1, 0, otherwise: 1), .drop, .accept,
        ]
    }

    private func option(_ body: (Int32) throws(Errno) -> Void) throws(NetworkError) {
        do throws(DescriptorFailure) { try listener.descriptor.withNumber(body) } catch {
            throw NetworkError(
                .listen, network: listener.network, local: listener.endpoint,
                cause: NetworkError.Cause(error, call: "SO_ATTACH_FILTER"))
        }
    }
}
