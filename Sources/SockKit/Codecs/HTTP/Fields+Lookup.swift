extension Fields {
    /// The value of a field. Several lines of the same name are one list (RFC 9110 section 5.3): they are joined by `, `,
    /// which suits every field but Set-Cookie. Setting it puts one line in the place of all, or none for nil.
    public subscript(name: String) -> String? {
        get {
            var (found, count) = ([UInt8](), 0)
            forEachLine(named: name) { value in
                if count > 0 { found += [UInt8(ascii: ","), UInt8(ascii: " ")] }
                found.append(value)
                count += 1
            }
            return count == 0 ? nil : String(decoding: found, as: UTF8.self)
        }
        set {
            removeAll(named: name)
            if let newValue { append(name, newValue) }
        }
    }

    /// The values of all lines of that name, in their order.
    public func all(named name: String) -> [String] {
        var values: [String] = []
        forEachLine(named: name) { values.append(String(copying: $0)) }
        return values
    }

    /// Whether there is a line of that name.
    public func contains(_ name: String) -> Bool {
        let wanted = name.utf8.span
        return lines.contains { bytes.span.extracting($0.name).equalsIgnoringCase(wanted) }
    }

    /// Whether an element of the list that the field is, is this word, in any case: `contains("close", in: "connection")`.
    public func contains(_ word: String, in name: String) -> Bool {
        var found = false
        forEachElement(of: name) { if $0.equalsIgnoringCase(word) { found = true } }
        return found
    }

    /// Lends name and value of every line, as the bytes they are.
    public func forEachLine<Failure>(
        _ take: (_ name: Span<UInt8>, _ value: Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        for line in lines { try take(bytes.span.extracting(line.name), bytes.span.extracting(line.value)) }
    }

    /// Lends the value of every line of that name.
    public func forEachLine<Failure>(
        named name: String, _ take: (_ value: Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        let wanted = name.utf8.span
        for line in lines where bytes.span.extracting(line.name).equalsIgnoringCase(wanted) {
            try take(bytes.span.extracting(line.value))
        }
    }

    /// Lends the elements of a field that is a list of words. A comma inside a quoted string parts it too; empty
    /// elements are left out (RFC 9110 section 5.6.1).
    public func forEachElement(of name: String, _ take: (Span<UInt8>) -> Void) {
        forEachLine(named: name) { value in
            var start = 0
            while start <= value.count {
                let end = value.firstIndex(of: UInt8(ascii: ","), in: start..<value.count) ?? value.count
                let element = value.trimmed(start..<end)
                if !element.isEmpty { take(value.extracting(element)) }
                start = end + 1
            }
        }
    }
}
