extension ScanDestination {
    /// Reads the address words of a scan: `HOST… PORTS`, or each word `HOST:PORTS`, `[V6]:PORTS`, `PORTS` of this machine,
    /// `unix:PATH`. A host may be a block, `10.0.0.0/24`; any word may have a network's prefix.
    ///
    /// The last word tells the two forms apart: with a colon it is a host with its ports.
    public static func parse(_ words: [ByteString], network: Network? = nil) throws(AddressError) -> ScanDestination {
        var destination = ScanDestination(network: network)
        let texts = words.map(\.description)
        for word in texts {
            if word.isEmpty { throw AddressError("an address word is empty; write HOST:PORTS") }
            if word.utf8.contains(0) { throw AddressError("an address cannot contain a zero byte") }
        }
        guard let last = texts.last else { throw AddressError("an address is missing; write HOST:PORTS") }
        if texts.count == 1 || last.utf8.contains(UInt8(ascii: ":")) || network?.isUnix == true {
            for (word, text) in zip(words, texts) { try destination.add(word, text, isGiven: network != nil) }
            return destination
        }
        let ports = try PortList(last)
        var hosts: [Host] = []
        for text in texts.dropLast() {
            let (network, rest) = try destination.takePrefix(of: text)
            guard network?.isUnix != true else { throw AddressError("\(last) is no Unix address; write unix:\(last)") }
            if isPorts(rest) { throw AddressError("\(rest) is no host; write the ports as one list: \(rest),\(last)") }
            hosts.append(try host(rest))
        }
        destination.groups = [Group(hosts: hosts, ports: ports)]
        return destination
    }

    /// Splits the network off a word, and notes it: all words are of one network.
    private mutating func takePrefix(of text: String) throws(AddressError) -> (Network?, Substring) {
        let (prefix, rest) = try Destination.splitPrefix(text, within: network)
        let agreed = try Destination.agree(prefix, network, on: text)
        guard agreed != .vsock else {
            throw AddressError("\(text): scans go over TCP, UDP and Unix sockets, not over vsock")
        }
        if let agreed, agreed.isUnix != (network?.isUnix ?? agreed.isUnix) {
            throw AddressError("\(text) is of network \(agreed), and the words before it are not")
        }
        network = agreed
        return (agreed, rest)
    }

    /// Adds a word that names hosts and ports, or a Unix address; `isGiven` says that the network stands beside the words.
    private mutating func add(_ word: ByteString, _ text: String, isGiven: Bool) throws(AddressError) {
        let before = network
        let (network, rest) = try takePrefix(of: text)
        // A prefix is about its own word; what `--network` or `-U` says is about all.
        if !unix.isEmpty, !isGiven, rest.startIndex == text.startIndex {
            throw AddressError("\(text) is no Unix address; write unix:\(text)")
        }
        if network?.isUnix == true {
            guard groups.isEmpty else { throw AddressError("\(text) is a Unix address, and those before it are not") }
            // What stands before the path is ASCII, and has as many bytes as characters.
            let prefix = text.utf8.distance(from: text.startIndex, to: rest.startIndex)
            unix.append(try Destination.unixAddress(word.bytes.dropFirst(prefix)))
            return
        }
        guard before?.isUnix != true else { throw AddressError("\(text) is no Unix address; write unix:\(text)") }
        let (host, ports) = try Self.split(rest)
        groups.append(Group(hosts: [try Self.host(host.isEmpty ? "localhost" : host)], ports: try PortList(ports)))
    }

    /// `HOST:PORTS`, `[V6]:PORTS`, `:PORTS` or, where it begins like a list of numbers, `PORTS`.
    private static func split(_ text: Substring) throws(AddressError) -> (host: Substring, ports: Substring) {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")), text.utf8.last != UInt8(ascii: "]") else {
            guard isPorts(text) else { throw AddressError("\(text) lacks its ports; write \(text):PORTS") }
            return ("", text)
        }
        let (host, ports) = (text[..<colon], text[text.utf8.index(after: colon)...])
        if host.utf8.contains(UInt8(ascii: ":")), host.utf8.first != UInt8(ascii: "[") {
            throw AddressError("\(text) has too many colons; write HOST:PORTS or [V6]:PORTS")
        }
        return (host, ports)
    }

    /// Whether it begins with a number or a range of numbers. The names of hosts may begin with a digit and have hyphens:
    /// `10-0-0-5.example.org`.
    private static func isPorts(_ text: Substring) -> Bool {
        let ends = text.prefix { $0 != "," }.split(separator: "-", omittingEmptySubsequences: false)
        return ends.count <= 2 && ends.contains { !$0.isEmpty }
            && ends.allSatisfy { end in end.utf8.allSatisfy { UInt32(decimal: $0) != nil } }
    }

    /// A name, an address, or a block of addresses; IPv6 in brackets or without.
    private static func host(_ text: Substring) throws(AddressError) -> Host {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        // The brackets may stand around the address or around all of it.
        let isWrapped = text.utf8.first == UInt8(ascii: "[") && text.utf8.last == UInt8(ascii: "]")
        guard parts.count == 2 else { return try single(text) }
        let inner = isWrapped ? [parts[0].dropFirst(), parts[1].dropLast()] : parts
        guard case .block(let block) = try single(inner[0]) else {
            throw AddressError("\(text): a block begins with an address, such as 10.0.0.0/24")
        }
        guard case .number(let prefix) = Port.read(inner[1].utf8) else {
            throw AddressError("\"\(inner[1])\" in \(text) is no length of a prefix; write a block like 10.0.0.0/24")
        }
        return .block(try ScanBlock(block[0], prefix: Int(prefix)))
    }

    private static func single(_ text: Substring) throws(AddressError) -> Host {
        let host = try Destination.host(text)
        guard let address = IPAddress(String(host)) else { return .name(String(host)) }
        if address.isLinkLocal, address.family == .v6, address.zone == nil {
            throw AddressError("\(text) is an address of every link; name the interface, as in \(address)%eth0")
        }
        return .block(ScanBlock(address))
    }
}
