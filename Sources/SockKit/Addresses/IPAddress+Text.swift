extension IPAddress {
    /// Reads a literal address, as strictly as Go's `netip`.
    ///
    /// IPv4 is four decimal numbers without leading zeros: `010.0.0.1` and `127.1`, which C's `inet_aton` reads in its
    /// own way, are refused. IPv6 is RFC 4291's text with `::` once, an embedded IPv4 address at the end, and `%zone`.
    public init?(_ text: String) {
        self.init(utf8: text[...].utf8)
    }

    init?(utf8 text: Substring.UTF8View) {
        if let bits = Self.v4Bits(text) {
            self.init(v4Bits: bits)
            return
        }
        guard let percent = text.firstIndex(of: UInt8(ascii: "%")) else {
            guard let bits = Self.v6Bits(text) else { return nil }
            self.init(v6Bits: bits)
            return
        }
        let zone = text[text.index(after: percent)...]
        guard let bits = Self.v6Bits(text[..<percent]), Self.isZone(zone) else { return nil }
        self.init(v6Bits: bits, zone: String(Substring(zone)))
    }

    /// The address in its canonical form: dotted decimal, or RFC 5952's shortest lower-case form with the zone.
    public var description: String {
        if family == .v4 { return Self.dotted(v4Bits) }
        var text = isV4Mapped ? "::ffff:" + Self.dotted(UInt32(truncatingIfNeeded: v6Bits)) : Self.colons(v6Bits)
        if let zone { text += "%" + zone }
        return text
    }

    private static func v4Bits(_ text: Substring.UTF8View) -> UInt32? {
        var bits: UInt32 = 0
        var rest = text
        for part in 0..<4 {
            if part > 0 {
                guard rest.popFirst() == UInt8(ascii: ".") else { return nil }
            }
            var value: UInt32 = 0
            var digits = 0
            while let byte = rest.first, let digit = UInt32(decimal: byte) {
                if digits > 0 && value == 0 { return nil }
                value = value * 10 + digit
                digits += 1
                guard value <= 255 else { return nil }
                rest.removeFirst()
            }
            guard digits > 0 else { return nil }
            bits = bits << 8 | value
        }
        return rest.isEmpty ? bits : nil
    }

    private static func v6Bits(_ text: Substring.UTF8View) -> UInt128? {
        let colon = UInt8(ascii: ":")
        var bits: UInt128 = 0
        var groups = 0
        var gap: Int?
        var rest = text
        if rest.starts(with: [colon, colon]) {
            gap = 0
            rest.removeFirst(2)
            if rest.isEmpty { return 0 }
        }
        while groups < 8 {
            let group = rest
            var value: UInt128 = 0
            var digits = 0
            while let byte = rest.first, let digit = UInt128(hexadecimal: byte) {
                digits += 1
                guard digits <= 4 else { return nil }
                value = value << 4 | digit
                rest.removeFirst()
            }
            guard digits > 0 else { return nil }
            if rest.first == UInt8(ascii: ".") {
                guard groups <= 6, let embedded = v4Bits(group) else { return nil }
                bits = bits << 32 | UInt128(embedded)
                groups += 2
                rest = rest[rest.endIndex...]
                break
            }
            bits = bits << 16 | value
            groups += 1
            if rest.isEmpty { break }
            guard rest.removeFirst() == colon, let next = rest.first else { return nil }
            if next == colon {
                guard gap == nil else { return nil }
                gap = groups
                rest.removeFirst()
                if rest.isEmpty { break }
            }
        }
        guard rest.isEmpty else { return nil }
        guard let gap else { return groups == 8 ? bits : nil }
        guard groups < 8 else { return nil }
        let tail = 16 * (groups - gap)
        let low = bits & ((1 << tail) - 1)
        return (bits >> tail) << (16 * (8 - gap)) | low
    }

    /// What can be an interface's name or number and keeps an address readable: no `%`, `]`, `:`, `/`, space or control.
    private static func isZone(_ zone: Substring.UTF8View) -> Bool {
        !zone.isEmpty
            && zone.allSatisfy { byte in
                byte > 0x20 && byte != 0x7f && byte != UInt8(ascii: "%") && byte != UInt8(ascii: "]")
                    && byte != UInt8(ascii: ":") && byte != UInt8(ascii: "/")
            }
    }

    private static func dotted(_ bits: UInt32) -> String {
        "\(bits >> 24).\(bits >> 16 & 0xff).\(bits >> 8 & 0xff).\(bits & 0xff)"
    }

    private static func colons(_ bits: UInt128) -> String {
        func group(_ index: Int) -> UInt16 { UInt16(truncatingIfNeeded: bits >> (112 - 16 * index)) }
        // RFC 5952: the longest run of zero groups is left out, the first of equals, never a single group.
        var zeros = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8 && group(end) == 0 { end += 1 }
            if end - start >= 2 && end - start > zeros.count { zeros = start..<end }
            start = end + 1
        }
        var text = ""
        var index = 0
        while index < 8 {
            if !zeros.isEmpty && index == zeros.lowerBound {
                text += "::"
                index = zeros.upperBound
                continue
            }
            if let last = text.utf8.last, last != UInt8(ascii: ":") { text += ":" }
            text += String(group(index), radix: 16)
            index += 1
        }
        return text
    }
}

extension FixedWidthInteger {
    init?(decimal byte: UInt8) {
        guard byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") else { return nil }
        self.init(byte - UInt8(ascii: "0"))
    }

    init?(hexadecimal byte: UInt8) {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self.init(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self.init(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self.init(byte - UInt8(ascii: "A") + 10)
        default: return nil
        }
    }
}
