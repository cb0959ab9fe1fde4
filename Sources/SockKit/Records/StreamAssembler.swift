/// Puts the segments of one TCP connection in order.
struct StreamAssembler: Sendable {
    /// Where in a recording something belongs.
    struct Place {
        let direction: RecordDirection
        let index: Int
        let time: Int64
    }

    /// What goes in one direction.
    private struct Half: Sendable {
        /// The number of the next byte; nil before the first segment.
        var next: UInt32?
        var hasEnded = false
        /// What came before bytes that it follows.
        var early: [Piece] = []

        /// How far a segment begins before the next byte: numbers are modulo 2^32, and half of them are before any.
        private func seen(_ sequence: UInt32) -> Int { next.map { Int(Int32(bitPattern: $0 &- sequence)) } ?? 0 }

        /// Whether no bytes are missing before a segment.
        func reaches(_ sequence: UInt32) -> Bool { seen(sequence) >= 0 }

        /// Passes on what is new of a segment.
        mutating func deliver(
            _ sequence: UInt32, _ payload: Span<UInt8>, isPushed: Bool, isLast: Bool, at place: Place,
            _ builder: inout RecordingBuilder
        ) throws(MessageError) {
            let seen = seen(sequence)
            guard !hasEnded, seen <= payload.count else { return }
            let rest = payload.extracting(droppingFirst: seen)
            // One without bytes that is pushed is a message without any; acknowledgements are not pushed.
            if !rest.isEmpty || payload.isEmpty && isPushed && !isLast {
                try builder.append(rest, isWhole: isPushed, place.direction, of: place.index, at: place.time)
            }
            next = sequence &+ UInt32(payload.count)
            guard isLast else { return }
            hasEnded = true
            try builder.end(place.direction, of: place.index, at: place.time)
        }
    }

    private struct Piece: Sendable {
        let sequence: UInt32
        let bytes: [UInt8]
        let isPushed: Bool
        let isLast: Bool
    }

    private let first: UInt32
    private var up: Half
    private var down = Half()
    private var isReset = false
    /// How many bytes wait for others.
    private(set) var held = 0

    private static let mostPieces = 1024

    /// A connection whose client's first segment has this number.
    init(_ sequence: UInt32) {
        first = sequence
        up = Half(next: sequence &+ 1)
    }

    /// Whether a first segment of this number is this connection's once more, and not another one's in its place.
    func began(with sequence: UInt32) -> Bool { !isOver && sequence == first }

    /// It was answered, and is not over.
    var goesOn: Bool { down.next != nil && !isOver }

    private var isOver: Bool { isReset || up.hasEnded && down.hasEnded }

    /// How far a segment is from the next byte of its direction, before or behind it; of one that was never answered an
    /// answer is the next.
    func distance(to segment: DissectedPacket.Segment, _ direction: RecordDirection) -> UInt32 {
        guard let next = (direction == .up ? up : down).next else {
            return segment.isSynchronizing || segment.isReset ? 0 : .max
        }
        return Int32(bitPattern: segment.sequence &- next).magnitude
    }

    var isMissingBytes: Bool { !isReset && (!up.early.isEmpty || !down.early.isEmpty) }

    mutating func take(
        _ segment: DissectedPacket.Segment, _ payload: Span<UInt8>, at place: Place,
        into builder: inout RecordingBuilder
    ) throws(MessageError) {
        guard !isReset else { return }
        if segment.isReset {
            isReset = true
            // After both ends it says nothing any more.
            if !(up.hasEnded && down.hasEnded) { try builder.reset(place.direction, of: place.index, at: place.time) }
            return
        }
        var half = place.direction == .up ? up : down
        // A first segment's own number stands before its bytes, if it has any (TCP Fast Open, RFC 7413).
        let sequence = segment.isSynchronizing ? segment.sequence &+ 1 : segment.sequence
        let isLast = segment.isLast && !segment.isSynchronizing
        if half.next == nil { half.next = sequence }
        if half.reaches(sequence) {
            let isPushed = segment.isPushed && !(segment.isSynchronizing && payload.isEmpty)
            try half.deliver(sequence, payload, isPushed: isPushed, isLast: isLast, at: place, &builder)
            try deliverEarly(&half, at: place, &builder)
        } else if !payload.isEmpty || isLast {
            // An acknowledgement from beyond what was captured says nothing, and is not kept.
            var bytes: [UInt8] = []
            bytes.append(payload)
            try hold(Piece(sequence: sequence, bytes: bytes, isPushed: segment.isPushed, isLast: isLast), &half)
        }
        if place.direction == .up { up = half } else { down = half }
    }

    private mutating func hold(_ piece: Piece, _ half: inout Half) throws(MessageError) {
        guard half.early.count < Self.mostPieces else {
            throw RecordingBuilder.fault(
                .tooLong, "more than \(Self.mostPieces) segments wait in it for bytes that they follow")
        }
        held += piece.bytes.count
        half.early.append(piece)
    }

    /// What waited for the bytes that have come now.
    private mutating func deliverEarly(
        _ half: inout Half, at place: Place, _ builder: inout RecordingBuilder
    ) throws(MessageError) {
        guard !half.early.isEmpty, let next = half.next else { return }
        // In the order of their numbers, counted from the next one on.
        let pieces = half.early.sorted {
            Int32(bitPattern: $0.sequence &- next) < Int32(bitPattern: $1.sequence &- next)
        }
        half.early = []
        for piece in pieces {
            guard half.reaches(piece.sequence) else {
                half.early.append(piece)
                continue
            }
            held -= piece.bytes.count
            try half.deliver(
                piece.sequence, piece.bytes.span, isPushed: piece.isPushed, isLast: piece.isLast, at: place, &builder)
        }
    }
}
