/// A proxy's UDP ASSOCIATE: passes on the datagrams of one client, as long as its connection lasts.
///
/// It hears of the client's address alone, and of the port that spoke first. Each datagram's destination is held against
/// the rules by itself. What comes back is passed on if it comes from an end that the client has sent to. A fragment is
/// dropped, as is whatever cannot be sent: a network may lose any datagram.
@Netpoller
public final class DatagramAssociation {
    private let near: DatagramSocket
    private let far: DatagramSocket
    private let targets: DestinationDialer
    private let client: IPAddress
    /// The client's port, once it is known.
    private var port: UInt16?
    /// Names that were looked up, each with what it stood for then.
    private var known: [SOCKSDestination: Endpoint] = [:]
    /// Whom the client has sent to, and the same in their order.
    private var partners: Set<Endpoint> = []
    private var order: [Endpoint] = []
    private var oldest = 0
    /// Told of each destination that is refused: the first time, and why.
    public var onRefusal: (@Netpoller (TargetRefusal) -> Void)?
    private var told: Set<SOCKSDestination> = []
    /// Told that a datagram went either way.
    public var onMove: (@Netpoller () -> Void)?

    /// More ends than these are forgotten again, the oldest first.
    private static let mostPartners = 1024
    private static let mostNames = 256
    private static let patience = Duration.seconds(5)

    /// For a client at this address; `address` is the one by which it reached us. A port that it announces is believed if
    /// it comes with its own address.
    public init(
        of client: IPAddress, announcing: SOCKSDestination, at address: IPAddress, _ targets: DestinationDialer
    ) async throws(TargetRefusal) {
        self.client = client.unmapped
        self.targets = targets
        if announcing.host == SOCKSDestination(client, port: 0).host, announcing.port != 0 { port = announcing.port }
        do throws(NetworkError) {
            let place = Destination.Place.host(address.unmapped.description, service: "0")
            near = try await ListenConfiguration().listenDatagram(.udp, at: Destination(place: place))
            far = try Self.openFar()
        } catch {
            throw TargetRefusal(error)
        }
    }

    /// A socket for both families, where the machine has both.
    private static func openFar() throws(NetworkError) -> DatagramSocket {
        let configuration = DatagramConfiguration()
        let v4 = Endpoint.ip(.v4Any, port: 0)
        if let both = try? configuration.open(.udp, to: [.ip(.v6Any, port: 0), v4], connected: false) { return both }
        return try configuration.open(.udp, to: [v4], connected: false)
    }

    /// Where the client is to send its datagrams.
    public var endpoint: Endpoint { near.localEndpoint }

    /// Passes datagrams on until it is closed.
    public func run() async {
        let back = Netpoller.spawn { await self.passBack() }
        await passOn()
        close()
        await back.value
    }

    public func close() {
        near.close()
        far.close()
    }

    // MARK: - On

    private func passOn() async {
        while true {
            // Memory is lent once there is something for it.
            guard (try? await near.descriptor.waitUntilReady(.read)) != nil else { return }
            var buffer = BufferPool.shared.take()
            let datagram = await Self.receive(near, &buffer)
            if let datagram { await passOn(buffer.span.extracting(first: datagram.count), from: datagram.source) }
            BufferPool.shared.giveBack(buffer)
            if datagram == nil, near.isClosed { return }
            await Task.yield()
        }
    }

    private static func receive(_ socket: DatagramSocket, _ buffer: inout [UInt8]) async -> Datagram? {
        var room = buffer.mutableSpan
        return try? await socket.receive(into: &room)
    }

    private func passOn(_ datagram: Span<UInt8>, from source: Endpoint) async {
        guard case .ip(let address, let number) = source, address.unmapped == client, port ?? number == number,
            let header = try? SOCKS5DatagramHeader(datagram), header.fragment == 0
        else { return }
        port = number
        guard let target = await target(of: header.destination) else { return }
        note(target)
        onMove?()
        try? await far.send(datagram.extracting(header.length..<datagram.count), to: target)
    }

    private func target(of destination: SOCKSDestination) async -> Endpoint? {
        if let target = known[destination] { return target }
        do throws(TargetRefusal) {
            let found = try await targets.endpoints(of: destination, for: .udp, until: .now + Self.patience)
            // As udp-send: of a name's addresses the first IPv4 one.
            let target = found.first { $0.address?.family == .v4 } ?? found[0]
            if known.count >= Self.mostNames { known.removeAll() }
            known[destination] = target
            return target
        } catch {
            if told.count < Self.mostNames, told.insert(destination).inserted { onRefusal?(error) }
            return nil
        }
    }

    private func note(_ target: Endpoint) {
        guard partners.insert(target).inserted else { return }
        guard order.count >= Self.mostPartners else { return order.append(target) }
        partners.remove(order[oldest])
        order[oldest] = target
        oldest = (oldest + 1) % order.count
    }

    // MARK: - Back

    private func passBack() async {
        while true {
            guard (try? await far.descriptor.waitUntilReady(.read)) != nil else { return }
            var buffer = BufferPool.shared.take()
            let datagram = await Self.receive(far, &buffer)
            if let datagram { await passBack(buffer.span.extracting(first: datagram.count), from: datagram.source) }
            BufferPool.shared.giveBack(buffer)
            if datagram == nil, far.isClosed { return }
            await Task.yield()
        }
    }

    private func passBack(_ payload: Span<UInt8>, from source: Endpoint) async {
        guard let port, partners.contains(source), let origin = SOCKSDestination(source) else { return }
        var datagram: [UInt8] = []
        datagram.reserveCapacity(SOCKS5DatagramHeader.longest + payload.count)
        SOCKS5DatagramHeader(origin).append(to: &datagram)
        datagram.append(payload)
        onMove?()
        try? await near.send(datagram.span, to: .ip(client, port: port))
    }
}

extension DatagramSocket {
    fileprivate var isClosed: Bool { descriptor.isClosed }
}
