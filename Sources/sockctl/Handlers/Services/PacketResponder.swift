import SockKit

/// The server of the packets' protocol: a connect first, and an answer to every packet, in their order.
struct PacketResponder: Responder {
    private var decoder: FrameDecoder
    private var isConnected = false
    /// Where in the stream the next packet begins.
    private var offset = 0

    /// `maximum` is of a whole packet.
    init(maximum: Int) {
        decoder = FrameDecoder(
            Packet.framing, maximum: maximum - Packet.lengthWidth, minimum: Packet.headWidth, noun: "packet")
    }

    mutating func push(
        _ bytes: Span<UInt8>, into answers: inout [UInt8], sees: (Int, Int) -> Void
    ) throws(FramingError) {
        var (connected, place) = (isConnected, offset)
        defer { (isConnected, offset) = (connected, place) }
        do throws(FramingError) {
            try decoder.push(bytes) { (index, packet) throws(FramingError) in
                try Self.answer(packet, index, at: place, &connected, &answers)
                place += Packet.lengthWidth + packet.count
                sees(index, packet.count - Packet.headWidth)
            }
        } catch {
            refuse(error, &answers)
            throw error
        }
    }

    mutating func finish() -> FramingError? { decoder.finish()?.error }

    private static func answer(
        _ packet: Span<UInt8>, _ index: Int, at offset: Int, _ isConnected: inout Bool, _ answers: inout [UInt8]
    ) throws(FramingError) {
        let command = packet[0]
        let id = Packet.ID(packet, at: 1)
        switch command {
        case Packet.Command.connect:
            isConnected = true
            Packet.appendAck(Packet.Command.connectAck, id, result: 0, to: &answers)
        case Packet.Command.submit where isConnected:
            Packet.appendAck(Packet.Command.submitAck, id, result: 0, to: &answers)
        default:
            Packet.appendAck(Packet.Command.submitAck, id, result: 1, to: &answers)
            let what = command == Packet.Command.submit ? "a submit before any connect" : "unknown"
            throw FramingError(
                "packet \(index): the command at byte \(offset + Packet.lengthWidth),",
                .invalid("\(Packet.spelling(command)), is \(what)"))
        }
    }

    /// A packet beyond the limit is answered if its id came with its length.
    private func refuse(_ error: FramingError, _ answers: inout [UInt8]) {
        guard error.isLimit, decoder.refused.count >= Packet.smallest else { return }
        let head = decoder.refused
        let isConnect = head[Packet.lengthWidth] == Packet.Command.connect
        let id = Packet.ID(head.span, at: Packet.lengthWidth + 1)
        Packet.appendAck(
            isConnect ? Packet.Command.connectAck : Packet.Command.submitAck, id, result: 1, to: &answers)
    }
}
