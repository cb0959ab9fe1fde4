/// Finds the conversations in captured packets: TCP connections from their first segment on, with their bytes in order
/// and each of them once, and associations of datagrams.
///
/// What was captured in the middle of a connection that began before is left out.
struct ConversationAssembler: Sendable {
    private struct Flow: Hashable {
        let client: Endpoint
        let target: Endpoint
        let isDatagrams: Bool
    }

    private var builder: RecordingBuilder
    /// By both ends, the client's first; of connections all that may go on, the last one last.
    private var open: [Flow: [Int]] = [:]
    private var streams: [Int: StreamAssembler] = [:]
    private var packets = 0
    private var held = 0
    /// Packets of connections whose beginning is not there.
    private var orphans = 0

    /// So many connections of the same ends are told apart.
    private static let mostTogether = 64

    init(_ limits: RecordLimits) {
        builder = RecordingBuilder(limits)
    }

    /// Takes a packet; `isWhole` says that all of it was captured.
    mutating func take(
        _ packet: Span<UInt8>, isWhole: Bool, _ link: LinkLayer, at time: Int64
    ) throws(MessageError) {
        packets += 1
        guard let dissected = DissectedPacket(packet, link) else { return }
        guard isWhole, !dissected.isCut else {
            throw fault("it was cut off when it was captured: capture whole packets")
        }
        let payload = packet.extracting(dissected.payload)
        guard let segment = dissected.segment else { return try takeDatagram(dissected, payload, at: time) }
        try take(segment, dissected, payload, at: time)
    }

    mutating func finish() throws(MessageError) -> Recording {
        for (index, stream) in streams.sorted(by: { $0.key < $1.key }) where stream.isMissingBytes {
            let number = builder.recording.conversations[index].number
            throw RecordingBuilder.fault(.malformed, "connection \(number): bytes are missing that others follow")
        }
        guard !builder.recording.conversations.isEmpty else {
            throw RecordingBuilder.fault(
                .malformed,
                orphans > 0
                    ? "of none of its connections the beginning is there"
                    : "no TCP or UDP went by in its \(packets) packets")
        }
        return builder.recording
    }

    // MARK: - Datagrams

    private mutating func takeDatagram(
        _ packet: DissectedPacket, _ payload: Span<UInt8>, at time: Int64
    ) throws(MessageError) {
        let there = Flow(client: packet.source, target: packet.destination, isDatagrams: true)
        let back = Flow(client: packet.destination, target: packet.source, isDatagrams: true)
        let direction: RecordDirection = open[there] == nil && open[back] != nil ? .down : .up
        let known = (open[there] ?? open[back])?.last
        let index = if let known { known } else { try begin(there, at: time) }
        try builder.append(payload, isWhole: true, direction, of: index, at: time)
    }

    private mutating func begin(_ flow: Flow, at time: Int64) throws(MessageError) -> Int {
        let index = try builder.open(
            client: flow.client.description, target: flow.target.description, hasDatagrams: flow.isDatagrams, at: time)
        open[flow, default: []].append(index)
        return index
    }

    // MARK: - Segments

    private mutating func take(
        _ segment: DissectedPacket.Segment, _ packet: DissectedPacket, _ payload: Span<UInt8>, at time: Int64
    ) throws(MessageError) {
        let there = Flow(client: packet.source, target: packet.destination, isDatagrams: false)
        let back = Flow(client: packet.destination, target: packet.source, isDatagrams: false)
        let isFirst = segment.isSynchronizing && !segment.isAcknowledging && !segment.isReset
        let begun = try isFirst ? connection(begunBy: segment, there, back, at: time) : nil
        let direction: RecordDirection = open[there] == nil ? .down : .up
        guard let index = begun ?? nearest(to: segment, direction, direction == .up ? there : back),
            var stream = streams.removeValue(forKey: index)
        else {
            orphans += 1
            return
        }
        let before = stream.held
        let place = StreamAssembler.Place(direction: direction, index: index, time: time)
        try stream.take(segment, payload, at: place, into: &builder)
        held += stream.held - before
        streams[index] = stream
        guard held <= builder.limits.held else {
            throw RecordingBuilder.fault(
                .tooLong, "more than \(builder.limits.held) bytes wait in it for others that they follow")
        }
    }

    /// The connection that a first segment begins, or has begun: the same once more was lost on its way.
    private mutating func connection(
        begunBy segment: DissectedPacket.Segment, _ there: Flow, _ back: Flow, at time: Int64
    ) throws(MessageError) -> Int {
        let known = open[there] ?? []
        if let index = known.last(where: { streams[$0]?.began(with: segment.sequence) ?? false }) { return index }
        // One that is over, or that nobody has answered, has another one in its place.
        let others = known.filter { streams[$0]?.goesOn ?? false }
        open[back] = nil
        // Where so many go on, the capture has not the end of some.
        open[there] = Array(others.suffix(Self.mostTogether - 1))
        let index = try begin(there, at: time)
        streams[index] = StreamAssembler(segment.sequence)
        return index
    }

    /// Of several connections between the same ends the one whose next byte a segment is nearest to: each has numbers of its
    /// own.
    private func nearest(
        to segment: DissectedPacket.Segment, _ direction: RecordDirection, _ flow: Flow
    ) -> Int? {
        guard let known = open[flow], known.count > 1 else { return open[flow]?.last }
        return known.reversed().min { distance(of: segment, direction, $0) < distance(of: segment, direction, $1) }
    }

    private func distance(
        of segment: DissectedPacket.Segment, _ direction: RecordDirection, _ index: Int
    ) -> UInt32 {
        streams[index]?.distance(to: segment, direction) ?? .max
    }

    private func fault(_ text: String) -> MessageError {
        RecordingBuilder.fault(.malformed, "packet \(packets): \(text)")
    }
}
