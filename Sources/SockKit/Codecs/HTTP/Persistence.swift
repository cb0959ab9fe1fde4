extension Fields {
    /// Whether the connection may carry another message after this one: yes in HTTP/1.1 unless it says `close`, no in
    /// HTTP/1.0 unless it says `keep-alive` (RFC 9112 section 9.3). `close` wins.
    public func keepsConnection(_ version: HTTPVersion) -> Bool {
        if contains("close", in: "connection") { return false }
        return version >= .http11 || contains("keep-alive", in: "connection")
    }

    /// The protocols that are asked for instead; empty unless Connection names the field (RFC 9110 section 7.8).
    public func upgrades(_ version: HTTPVersion) -> [String] {
        guard version >= .http11, contains("upgrade", in: "connection") else { return [] }
        var names: [String] = []
        forEachElement(of: "upgrade") { names.append(String(copying: $0)) }
        return names
    }

    /// Removes the fields that are for this connection alone, as a proxy does before it passes a message on (RFC 9110
    /// section 7.6.1): those that Connection names, and those that were always meant so.
    ///
    /// It must not name what the message cannot do without. A content whose length was taken away would be taken for the
    /// next message by whoever gets it.
    public mutating func removeHopByHop() {
        var names: Set = ["connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"]
        forEachElement(of: "connection") { names.insert(String(copying: $0).lowercased()) }
        removeAll(named: names.subtracting(["content-length", "host"]))
    }
}
