extension Destination {
    /// Reads the address words of a command line: `HOST:PORT`, `[V6]:PORT`, `HOST PORT`, `:PORT`, `PORT`, `unix:PATH`,
    /// `unix:@NAME`, `vsock:CID:PORT`, each of them behind a network's prefix if wanted (`tcp4://h:p`, `unixpacket:PATH`).
    ///
    /// Ports may be names of services, which are left to the resolver. A bare port listens on 127.0.0.1 (::1 if only IPv6 is asked for), `:PORT` on
    /// every interface; to dial, both are `localhost`. With a Unix `network` the word is a path, with or without a
    /// prefix. A prefix may be narrower or wider than `network`, and for Unix sockets `network` decides; anything else
    /// that disagrees is an error.
    public static func parse(
        _ words: [ByteString], role: Role, network: Network? = nil
    ) throws(AddressError) -> Destination {
        let names = words
        // Of a Unix address the bytes count. All else is text.
        let words = names.map(\.description)
        guard let first = words.first else { throw AddressError("an address is missing; write HOST:PORT") }
        guard words.count <= 2 else {
            throw AddressError(
                "\(words.count) address words (\(words.joined(separator: " "))); write HOST:PORT or HOST PORT")
        }
        for word in words {
            if word.isEmpty { throw AddressError("an address word is empty; write HOST:PORT") }
            if word.utf8.contains(0) { throw AddressError("an address cannot contain a zero byte") }
        }
        let (prefix, rest) = try splitPrefix(first, within: network)
        let agreed = try agree(prefix, network, on: first)
        if agreed?.isUnix == true {
            guard words.count == 1 else {
                throw AddressError("a Unix address is one word; \(words[1]) is too much")
            }
            // What stands before the path is ASCII, and has as many bytes as characters.
            let prefix = first.utf8.distance(from: first.startIndex, to: rest.startIndex)
            return Destination(network: agreed, place: .unix(try unixAddress(names[0].bytes.dropFirst(prefix))))
        }
        if agreed == .vsock {
            return Destination(
                network: agreed, place: .vsock(try vsockAddress([rest] + words.dropFirst().map { $0[...] }, role)))
        }
        let family = agreed?.family
        if words.count == 2, rest.utf8.contains(UInt8(ascii: ":")), (try? single(rest, role: role, family)) != nil {
            throw AddressError("\(rest) has a port already; \(words[1]) is too much")
        }
        let place = words.count == 2 ? try pair(rest, words[1][...]) : try single(rest, role: role, family)
        return Destination(network: agreed, place: place)
    }

    /// Reads address words that are text.
    public static func parse(
        _ words: [String], role: Role, network: Network? = nil
    ) throws(AddressError) -> Destination {
        try parse(words.map { ByteString($0) }, role: role, network: network)
    }

    /// Reads an address that is one word.
    public static func parse(_ text: String, role: Role, network: Network? = nil) throws(AddressError) -> Destination {
        try parse([text], role: role, network: network)
    }

    // MARK: Networks

    static func splitPrefix(
        _ word: String, within network: Network?
    ) throws(AddressError) -> (Network?, Substring) {
        let bytes = word.utf8
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return (nil, word[...]) }
        let name = word[..<colon]
        let rest = word[bytes.index(after: colon)...]
        let isURL = rest.utf8.starts(with: "//".utf8)
        if let named = Network(rawValue: String(name)), named.isUnix || named == .vsock || isURL {
            return (named, isURL ? rest.dropFirst(2) : rest)
        }
        if isURL && !name.isEmpty && network?.isUnix != true {
            let known = Network.allCases.map(\.rawValue).joined(separator: ", ")
            throw AddressError("unknown network \(name); one of \(known)")
        }
        return (nil, word[...])
    }

    static func agree(
        _ prefix: Network?, _ network: Network?, on word: String
    ) throws(AddressError) -> Network? {
        guard let prefix, let network else { return prefix ?? network }
        if prefix == network || prefix.isUnix && network.isUnix { return network }
        if prefix.isTCP && network.isTCP || prefix.isUDP && network.isUDP {
            if network.family == nil { return prefix }
            if prefix.family == nil { return network }
        }
        throw AddressError("\(word) is an address of network \(prefix), but the network asked for is \(network)")
    }

    static func unixAddress(_ bytes: ArraySlice<UInt8>) throws(AddressError) -> UnixAddress {
        let isAbstract = bytes.first == UInt8(ascii: "@")
        let name = ByteString(bytes: isAbstract ? bytes.dropFirst() : bytes)
        let what = isAbstract ? "abstract name" : "Unix path"
        guard !name.bytes.isEmpty else { throw AddressError("the \(what) is empty; write unix:PATH or unix:@NAME") }
        guard name.bytes.count <= UnixAddress.maximumPathLength else {
            let limit = UnixAddress.maximumPathLength
            throw AddressError("the \(what) \(name) is \(name.bytes.count) bytes long; the limit is \(limit)")
        }
        return isAbstract ? .abstract(name) : .path(name)
    }

    // MARK: Hosts and ports

    private static func single(
        _ text: Substring, role: Role, _ family: IPAddress.Family?
    ) throws(AddressError) -> Place {
        let bytes = text.utf8
        guard !bytes.isEmpty else { throw AddressError("an address is missing after the network; write HOST:PORT") }
        if bytes.first == UInt8(ascii: "[") {
            guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else {
                throw AddressError("\(text) lacks the closing bracket; write [::1]:80")
            }
            let after = text[bytes.index(after: close)...]
            guard after.utf8.first == UInt8(ascii: ":") else {
                throw after.isEmpty
                    ? lacksPort(text, as: text) : AddressError("\(text) has no colon after the bracket; write [::1]:80")
            }
            return try pair(text[...close], after.dropFirst())
        }
        guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")) else {
            if Port.read(bytes) == .name { throw lacksPort(text, as: text) }
            let loopback = family == .v6 ? "::1" : "127.0.0.1"
            return .host(role == .listening ? loopback : "localhost", service: try service(text))
        }
        let host = text[..<colon]
        let port = text[bytes.index(after: colon)...]
        if host.utf8.contains(UInt8(ascii: ":")) {
            if IPAddress(utf8: host.utf8) != nil {
                throw AddressError("\(text) is ambiguous; write [\(host)]:\(port.isEmpty ? "PORT" : port)")
            }
            if IPAddress(utf8: bytes) != nil { throw lacksPort(text, as: "[\(text)]") }
            throw AddressError("\(text) has too many colons; write HOST:PORT or [V6]:PORT")
        }
        if host.isEmpty { return .host(role == .listening ? "" : "localhost", service: try service(port)) }
        return try pair(host, port)
    }

    private static func pair(_ host: Substring, _ port: Substring) throws(AddressError) -> Place {
        .host(String(try self.host(host)), service: try service(port))
    }

    static func host(_ text: Substring) throws(AddressError) -> Substring {
        let bytes = text.utf8
        guard !bytes.isEmpty else { throw AddressError("the host is empty; write HOST:PORT") }
        if bytes.first == UInt8(ascii: "[") || bytes.last == UInt8(ascii: "]") {
            let inner = text.dropFirst().dropLast()
            guard text.utf8.first == UInt8(ascii: "["), text.utf8.last == UInt8(ascii: "]"),
                IPAddress(utf8: inner.utf8)?.family == .v6
            else { throw AddressError("\(text) is not an IPv6 address in brackets, such as [::1]") }
            return inner
        }
        if IPAddress(utf8: bytes) != nil { return text }
        for byte in bytes {
            switch byte {
            case UInt8(ascii: ":"):
                throw AddressError("\(text) is neither a name nor an IPv6 address")
            case UInt8(ascii: "/"):
                throw AddressError("\(text) is not a host; a path is written unix:PATH")
            case 0...0x20, 0x7f:
                throw AddressError("the host \"\(text)\" contains a space or a control character")
            default: break
            }
        }
        // The C library would read 127.1, 0x7f.1 and 010.0.0.1 as addresses, each in its own way.
        if endsInNumber(bytes) {
            throw AddressError("\(text) is not an IPv4 address; write four decimal numbers, such as 127.0.0.1")
        }
        return text
    }

    private static func endsInNumber(_ host: Substring.UTF8View) -> Bool {
        let dot = UInt8(ascii: ".")
        let name = host.last == dot ? host.dropLast() : host
        let start = name.lastIndex(of: dot).map { name.index(after: $0) } ?? name.startIndex
        let label = name[start...]
        if label.isEmpty { return false }
        if label.allSatisfy({ UInt8(decimal: $0) != nil }) { return true }
        let isHex = label.starts(with: "0x".utf8) || label.starts(with: "0X".utf8)
        return isHex && label.dropFirst(2).allSatisfy { UInt8(hexadecimal: $0) != nil }
    }

    private static func service(_ text: Substring) throws(AddressError) -> String {
        guard !text.isEmpty else { throw AddressError("the port is empty; write HOST:PORT") }
        switch Port.read(text.utf8) {
        case .number(let port): return String(port)
        case .impossible: throw AddressError("port \(text) is not within 0 and 65535")
        case .name: break
        }
        for byte in text.utf8 where byte <= 0x20 || byte == 0x7f || byte == UInt8(ascii: ":") {
            throw AddressError("\"\(text)\" is neither a port number nor the name of a service")
        }
        return String(text)
    }

    private static func lacksPort(_ text: Substring, as host: some StringProtocol) -> AddressError {
        if text.utf8.contains(UInt8(ascii: "/")) {
            return AddressError("\(text) lacks a port; a path is written unix:\(text)")
        }
        return AddressError("\(text) lacks a port; write \(host):PORT")
    }
}
