extension Destination {
    /// Reads a machine and a port: `CID:PORT`, `CID PORT`, `:PORT` or `PORT`.
    ///
    /// To listen, `:PORT` is whoever this machine is and a bare port this machine itself; to dial, both are this machine.
    static func vsockAddress(_ words: [Substring], _ role: Role) throws(AddressError) -> VsockAddress {
        let parts =
            words.count == 2 ? words : words[0].split(separator: ":", omittingEmptySubsequences: false)
        let written = words.joined(separator: " ")
        guard parts.count <= 2 else {
            throw AddressError("\(written) has too many colons; write vsock:CID:PORT")
        }
        let port = try vsockPort(parts[parts.count - 1], role, of: written)
        guard parts.count == 2 else { return VsockAddress(cid: VsockAddress.localCID, port: port) }
        if parts[0].isEmpty {
            return VsockAddress(cid: role == .listening ? VsockAddress.anyCID : VsockAddress.localCID, port: port)
        }
        return VsockAddress(cid: try vsockCID(parts[0], role), port: port)
    }

    private static func vsockCID(_ text: Substring, _ role: Role) throws(AddressError) -> UInt32 {
        let named = VsockAddress.names.first { $0.name == text }?.cid
        guard let cid = named ?? number(text) else {
            throw AddressError("\(text) is no machine; write a context identifier, or any, local or host")
        }
        guard cid != VsockAddress.anyCID || role == .listening else {
            throw AddressError("any is a machine to listen as; to dial, name one: local, host or a number")
        }
        return cid
    }

    private static func vsockPort(
        _ text: Substring, _ role: Role, of written: String
    ) throws(AddressError) -> UInt32 {
        guard !text.isEmpty else {
            throw AddressError("a port is missing\(written.isEmpty ? "" : " in \(written)"); write vsock:CID:PORT")
        }
        guard let port = number(text), port != VsockAddress.anyPort else {
            throw AddressError("\(text) is no port of vsock; write a number from 0 to 4294967294")
        }
        return port == 0 && role == .listening ? VsockAddress.anyPort : port
    }

    private static func number(_ text: Substring) -> UInt32? {
        !text.isEmpty && text.utf8.allSatisfy { UInt8(decimal: $0) != nil } ? UInt32(text) : nil
    }
}
