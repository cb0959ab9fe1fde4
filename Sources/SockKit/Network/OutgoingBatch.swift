/// Datagrams that go to the kernel together: as many as one call takes, and runs of one length as one.
@Netpoller
public final class OutgoingBatch {
    let vector: SendVector
    /// What goes before each payload.
    private let header: [UInt8]

    /// For a socket, whose peer they go to, or one of `receivers` by its place.
    ///
    /// `segments` leaves it to the kernel to cut runs of datagrams of one length; what arrives is the same.
    public init(
        for socket: DatagramSocket, receivers: [Endpoint] = [], segments: Bool = true
    ) throws(NetworkError) {
        vector = SendVector(segments: segments && socket.sendsRuns)
        header = socket.tunnel?.header ?? []
        try setReceivers(receivers, for: socket)
    }

    /// Changes who the places stand for; nothing may be left to send.
    public func setReceivers(_ receivers: [Endpoint], for socket: DatagramSocket) throws(NetworkError) {
        do throws(Errno) {
            try vector.setReceivers(receivers, family: socket.family)
        } catch {
            throw NetworkError(
                .write, network: socket.network, local: socket.localEndpoint, remote: receivers.first,
                cause: .system(error, call: "sendmmsg"))
        }
    }

    /// Whether runs of datagrams of one length that are added from now on are left to the kernel to cut.
    public var segments: Bool {
        get { vector.segments }
        set { vector.segments = newValue }
    }

    /// All of it has gone.
    public var isEmpty: Bool { vector.isEmpty }

    /// How many bytes have not gone.
    public var byteCount: Int { vector.byteCount - header.count * vector.datagramCount }

    /// The datagram that the next call begins with: its length, and the place of its receiver.
    public var first: (length: Int, receiver: Int?)? { vector.first.map { ($0.length - header.count, $0.receiver) } }

    /// Adds a datagram; false if there is no room before others have gone.
    ///
    /// `source` is the address that it is to come from, where that is not for the kernel to choose.
    public func append(_ payload: Span<UInt8>, to receiver: Int? = nil, from source: IPAddress? = nil) -> Bool {
        guard header.isEmpty else {
            return unsafe append(count: payload.count, to: receiver) { room in
                unsafe payload.withUnsafeBytes { all in unsafe room.copyMemory(from: all) }
            }
        }
        return vector.append(payload, to: receiver, from: source)
    }

    /// Adds a datagram of `count` bytes, which `fill` writes in place.
    package func append(
        count: Int, to receiver: Int? = nil, _ fill: (UnsafeMutableRawBufferPointer) -> Void
    ) -> Bool {
        guard !header.isEmpty else { return unsafe vector.append(count: count, to: receiver, fill) }
        return unsafe vector.append(count: header.count + count, to: receiver) { [header] room in
            unsafe room.copyBytes(from: header)
            unsafe fill(UnsafeMutableRawBufferPointer(rebasing: room[header.count...]))
        }
    }

    /// Gives up what the next call would begin with; says how many datagrams that were.
    public func dropFirst() -> Int { vector.dropFirst() }

    public func removeAll() { vector.removeAll() }

    /// The payload of the datagram that the last call sent last.
    public var lastSent: [UInt8]? { vector.lastSent.map(payload) }

    /// The payload of the datagram that the next call begins with.
    var firstPayload: [UInt8]? { vector.firstBytes.map(payload) }

    /// Takes out what has not gone: the payload of each datagram, in their order.
    public func takeRest() -> [[UInt8]] { vector.takeRest().map(payload) }

    private func payload(of datagram: [UInt8]) -> [UInt8] {
        header.isEmpty ? datagram : Array(datagram.dropFirst(header.count))
    }

    /// One attempt to send what is left; says how many datagrams went.
    func attempt(_ number: Int32) throws(Errno) -> Attempt<Int> {
        do throws(Errno) {
            return try vector.send(number)
        } catch {
            // A device that cannot make checksums of its own, or a path that the single datagrams are too long for.
            let mayBeRun = [.invalidArgument, .messageTooLong, .inputOutput, .notSupported].contains(error)
            guard mayBeRun, vector.splitRuns() else { throw error }
            return try vector.send(number)
        }
    }
}
