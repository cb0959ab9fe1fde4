/// The address of a vsock socket: which machine, by its context identifier, and a port of 32 bits. See vsock(7).
public struct VsockAddress: Sendable, Hashable, CustomStringConvertible {
    /// The machine: 0 is the hypervisor, 1 this machine itself, 2 the host, 3 and above are guests.
    public var cid: UInt32
    /// The port; to listen, `anyPort` lets the kernel choose.
    public var port: UInt32

    /// VMADDR_CID_ANY: whoever this machine is.
    public static let anyCID = UInt32.max
    /// VMADDR_CID_LOCAL: this machine itself, where the kernel has the loopback transport.
    public static let localCID: UInt32 = 1
    /// VMADDR_CID_HOST: the machine that this one runs on.
    public static let hostCID: UInt32 = 2
    /// VMADDR_PORT_ANY.
    public static let anyPort = UInt32.max

    /// The words that stand for identifiers which every machine has.
    static let names: [(name: String, cid: UInt32)] = [("any", anyCID), ("local", localCID), ("host", hostCID)]

    /// An address from its parts.
    public init(cid: UInt32, port: UInt32) {
        self.cid = cid
        self.port = port
    }

    /// The address as a person types it behind `vsock:`, such as `host:1024`.
    public var description: String {
        let name = Self.names.first { $0.cid == cid }?.name ?? String(cid)
        return "\(name):\(port == Self.anyPort ? "0" : String(port))"
    }
}
