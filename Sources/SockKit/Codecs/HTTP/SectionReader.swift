/// Gathers the lines of a head or a trailer section up to its empty line, however the stream was cut into reads.
///
/// A section that a read holds whole is parsed where it lies and then copied in one piece. Of one that comes in pieces,
/// each byte is kept once, and the search for a line's end goes on where it stopped.
struct SectionReader: Sendable {
    /// Where the line begins that is not whole yet.
    private var lineStart = 0
    /// How much of the section has been looked at: from here on a line's end may come.
    private var scanned = 0

    /// Takes bytes from `position` on, and says whether the section is whole; then nothing behind it was taken.
    mutating func read<Taker: LineTaker>(
        _ bytes: Span<UInt8>, at position: inout Int, _ taker: inout Taker
    ) throws(HTTPRefusal) -> Bool {
        guard taker.fields.bytes.isEmpty else { return try readOn(bytes, at: &position, &taker) }
        let rest = bytes.extracting(position..<bytes.count)
        let end = try lines(of: rest, &taker)
        taker.fields.bytes.append(rest.extracting(first: end ?? rest.count))
        position += end ?? rest.count
        return end != nil
    }

    /// Adds to a section that has begun. Where it ends is not known beforehand, so it is copied in small pieces.
    private mutating func readOn<Taker: LineTaker>(
        _ bytes: Span<UInt8>, at position: inout Int, _ taker: inout Taker
    ) throws(HTTPRefusal) -> Bool {
        while position < bytes.count {
            let before = taker.fields.bytes.count
            let piece = bytes.extracting(position..<min(bytes.count, position + 512))
            taker.fields.bytes.append(piece)
            // Out of its place while it is read, so that the places of names and values can be written beside it.
            var gathered: [UInt8] = []
            swap(&gathered, &taker.fields.bytes)
            defer { swap(&gathered, &taker.fields.bytes) }
            let end = try lines(of: gathered.span, &taker)
            if let end { gathered.removeLast(gathered.count - end) }
            position += gathered.count - before
            if end != nil { return true }
        }
        return false
    }

    /// Whether all that has come belongs to lines that are whole.
    func isBetweenLines(_ taker: some LineTaker) -> Bool { lineStart == taker.fields.bytes.count }

    /// Takes the lines that are whole. The answer is the place behind the empty line if that is among them, and is then
    /// that of the next section.
    @inline(__always)
    private mutating func lines<Taker: LineTaker>(
        of bytes: Span<UInt8>, _ taker: inout Taker
    ) throws(HTTPRefusal) -> Int? {
        do throws(HTTPRefusal.Fault) {
            while true {
                guard let line = try nextLine(of: bytes, taker) else { return nil }
                guard try taker.take(line, of: bytes) else { continue }
                defer { self = SectionReader() }
                return lineStart
            }
        } catch {
            throw HTTPRefusal(taker.message, taker.place, error)
        }
    }

    /// The next line without its end; nil if it is not whole.
    @inline(__always)
    private mutating func nextLine<Taker: LineTaker>(
        of bytes: Span<UInt8>, _ taker: borrowing Taker
    ) throws(HTTPRefusal.Fault) -> Range<Int>? {
        let stop = ByteScanner.firstControl(in: bytes, from: scanned)
        try checkLimits(stop, bytes, taker)
        scanned = stop
        guard stop < bytes.count else { return nil }
        guard bytes[stop] == UInt8(ascii: "\r") else {
            guard bytes[stop] == UInt8(ascii: "\n"), taker.limits.takesBareLineFeeds else {
                throw taker.fault(of: bytes[stop], at: stop)
            }
            return line(to: stop, next: stop + 1)
        }
        guard stop + 1 < bytes.count else { return nil }
        guard bytes[stop + 1] == UInt8(ascii: "\n") else { throw .bareCarriageReturn }
        return line(to: stop, next: stop + 2)
    }

    @inline(__always)
    private mutating func line(to end: Int, next: Int) -> Range<Int> {
        let line = lineStart..<end
        lineStart = next
        scanned = next
        return line
    }

    /// Whether a line may end where this one does, or has not ended yet. The answer depends on the stream alone, not on
    /// its cuts: of two limits, the one that comes first in the stream is named.
    @inline(__always)
    private func checkLimits<Taker: LineTaker>(
        _ stop: Int, _ bytes: Span<UInt8>, _ taker: borrowing Taker
    ) throws(HTTPRefusal.Fault) {
        let lineLimit = lineStart + taker.limits.line
        let sectionLimit = taker.sectionLimit - 2
        guard stop > min(lineLimit, sectionLimit) else { return }
        guard lineLimit <= sectionLimit else { throw .headTooLong(limit: taker.sectionLimit) }
        throw taker.tooLong(bytes.extracting(lineStart..<lineLimit))
    }
}
