/// Ports as a person lists them: `22,80,8000-8010,http`.
public struct PortList: Sendable, Hashable {
    private enum Item: Sendable, Hashable {
        case range(ClosedRange<UInt16>)
        case service(String)
    }

    private let items: [Item]

    /// Reads a list; the error names the item that is none.
    public init(_ text: some StringProtocol) throws(AddressError) {
        guard !text.isEmpty else { throw AddressError("the ports are missing; write them like 22,80,8000-8010,http") }
        var items: [Item] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            items.append(try Self.item(String(part), in: String(text)))
        }
        self.items = items
    }

    private static func item(_ text: String, in list: String) throws(AddressError) -> Item {
        guard !text.isEmpty else { throw AddressError("a port is missing in the list \(list)") }
        if case .name = Port.read(text[...].utf8) {
        } else {
            let port = try number(text[...], in: list)
            return .range(port...port)
        }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        // The names of services may have hyphens too.
        guard ends.count == 2, ends.contains(where: { $0.isEmpty || isNumber($0) }) else { return try service(text) }
        guard !ends.contains("") else {
            throw AddressError("\(text) has only one end; write a range of ports like 8000-8010")
        }
        let (first, last) = (try number(ends[0], in: text), try number(ends[1], in: text))
        guard first <= last else { throw AddressError("the range \(text) runs backwards; write \(last)-\(first)") }
        return .range(first...last)
    }

    private static func isNumber(_ text: Substring) -> Bool {
        if case .name = Port.read(text.utf8) { false } else { true }
    }

    private static func number(_ text: Substring, in whole: String) throws(AddressError) -> UInt16 {
        switch Port.read(text.utf8) {
        case .number(let port) where port > 0: return port
        case .number: throw AddressError("nothing can be at port 0; ports are 1 to 65535")
        case .impossible: throw AddressError("port \(text) is not within 1 and 65535")
        case .name: throw AddressError("\"\(text)\" in \(whole) is no port number")
        }
    }

    private static func service(_ text: String) throws(AddressError) -> Item {
        for byte in text.utf8 where byte <= 0x20 || byte == 0x7f || byte == UInt8(ascii: ":") {
            throw AddressError("\"\(text)\" is neither a port, a range of ports nor the name of a service")
        }
        return .service(text)
    }

    /// The ports in the order of the list, each once.
    func ports(_ resolver: Resolver, _ network: Network) throws(LookupFailure) -> [UInt16] {
        var isListed = [Bool](repeating: false, count: 1 << 16)
        var ports: [UInt16] = []
        for item in items {
            let range: ClosedRange<UInt16>
            switch item {
            case .range(let ports): range = ports
            case .service(let name):
                let port = try resolver.port(of: name, for: network)
                range = port...port
            }
            for port in range where !isListed[Int(port)] {
                isListed[Int(port)] = true
                ports.append(port)
            }
        }
        return ports
    }
}
