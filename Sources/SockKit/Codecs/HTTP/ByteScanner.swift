/// Looks through bytes sixteen at a time for the first that does not belong.
enum ByteScanner {
    /// Where the first control byte stands at `start` or behind it, or else the count. A tab counts as none (RFC 9110
    /// section 5.5), so this finds the end of a line and all that no line may hold.
    @inline(__always)
    static func firstControl(in bytes: Span<UInt8>, from start: Int) -> Int {
        first(in: bytes, from: start) { lanes in
            ((lanes .< all(0x20)) .& (lanes .!= all(0x09))) .| (lanes .== all(0x7f))
        } orByte: { byte in
            (byte < 0x20 && byte != 0x09) || byte == 0x7f
        }
    }

    /// Where the first byte stands that no request target has: a space, a control byte, one beyond ASCII, or `#`.
    @inline(__always)
    static func endOfTarget(in bytes: Span<UInt8>, from start: Int) -> Int {
        first(in: bytes, from: start) { lanes in
            (lanes &- all(0x21) .>= all(0x5e)) .| (lanes .== all(UInt8(ascii: "#")))
        } orByte: { byte in
            byte &- 0x21 >= 0x5e || byte == UInt8(ascii: "#")
        }
    }

    /// Where the first byte stands that is not part of a token (RFC 9110 section 5.6.2).
    @inline(__always)
    static func endOfToken(in bytes: Span<UInt8>, from start: Int) -> Int {
        let end = endOfWord(in: bytes, from: start)
        guard end < bytes.count, ByteClass.token.contains(bytes[end]) else { return end }
        return endOfRareToken(in: bytes, from: end)
    }

    @inline(never)
    private static func endOfRareToken(in bytes: Span<UInt8>, from start: Int) -> Int {
        var end = start
        while end < bytes.count, ByteClass.token.contains(bytes[end]) { end += 1 }
        return end
    }

    /// Where the first byte stands that is no letter, digit, `-`, `.` or `_`: what nearly all names consist of.
    @inline(__always)
    static func endOfWord(in bytes: Span<UInt8>, from start: Int) -> Int {
        first(in: bytes, from: start) { lanes in
            let isNoLetter = (lanes | all(0x20)) &- all(UInt8(ascii: "a")) .>= all(26)
            let isNoDigit = lanes &- all(UInt8(ascii: "0")) .>= all(10)
            let isNoDash = (lanes .!= all(UInt8(ascii: "-"))) .& (lanes .!= all(UInt8(ascii: "_")))
            return isNoLetter .& isNoDigit .& isNoDash .& (lanes .!= all(UInt8(ascii: ".")))
        } orByte: { byte in
            (byte | 0x20) &- UInt8(ascii: "a") >= 26 && byte &- UInt8(ascii: "0") >= 10 && byte != UInt8(ascii: "-")
                && byte != UInt8(ascii: ".") && byte != UInt8(ascii: "_")
        }
    }

    /// At most eight bytes as one integer, the first of them lowest.
    @inline(__always)
    static func word(in bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        var word: UInt64 = 0
        for index in range.reversed() { word = word << 8 | UInt64(bytes[index]) }
        return word
    }

    /// The same of a text.
    static func word(_ text: StaticString) -> UInt64 {
        "\(text)".utf8.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    // MARK: - The search

    @inline(__always)
    private static func first(
        in bytes: Span<UInt8>, from start: Int, where matches: (SIMD16<UInt8>) -> SIMDMask<SIMD16<Int8>>,
        orByte matchesByte: (UInt8) -> Bool
    ) -> Int {
        var index = start
        while index + 16 <= bytes.count {
            let lane = firstLane(of: matches(sixteen(bytes, at: index)), from: 0)
            if lane < 16 { return index + lane }
            index += 16
        }
        if bytes.count >= 16, index < bytes.count {
            // The last sixteen, some of which were seen.
            let last = bytes.count - 16
            return last + firstLane(of: matches(sixteen(bytes, at: last)), from: index - last)
        }
        while index < bytes.count, !matchesByte(bytes[index]) { index += 1 }
        return index
    }

    /// The operators that take a number in place of lanes are loops over the lanes; these are single instructions.
    @inline(__always)
    private static func all(_ byte: UInt8) -> SIMD16<UInt8> { SIMD16(repeating: byte) }

    @inline(__always)
    private static func sixteen(_ bytes: Span<UInt8>, at index: Int) -> SIMD16<UInt8> {
        precondition(index >= 0 && index + 16 <= bytes.count)
        return unsafe bytes.withUnsafeBytes { all in
            unsafe all.loadUnaligned(fromByteOffset: index, as: SIMD16<UInt8>.self)
        }
    }

    /// Which lane is the first that is set, not counting those before `start`; 16 if none is.
    @inline(__always)
    private static func firstLane(of mask: SIMDMask<SIMD16<Int8>>, from start: Int) -> Int {
        let halves = unsafe unsafeBitCast(mask, to: SIMD2<UInt64>.self)
        var low = UInt64(littleEndian: halves[0])
        var high = UInt64(littleEndian: halves[1])
        if start >= 8 {
            low = 0
            high &= ~0 << UInt64(8 * (start - 8))
        } else {
            low &= ~0 << UInt64(8 * start)
        }
        return low != 0 ? low.trailingZeroBitCount / 8 : 8 + high.trailingZeroBitCount / 8
    }
}
