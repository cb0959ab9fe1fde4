/// The places that a scan tries: every port of a group at every one of its hosts, and Unix addresses.
public struct ScanTargets: Sendable, Hashable {
    public struct Group: Sendable, Hashable {
        public var hosts: [ScanBlock]
        /// Those that a proxy looks up.
        public var names: [String]
        /// Each once.
        public var ports: [UInt16]

        public init(hosts: [ScanBlock], names: [String] = [], ports: [UInt16]) {
            self.hosts = hosts
            self.names = names
            self.ports = ports
        }
    }

    public var groups: [Group]
    public var unix: [UnixAddress]

    public init(groups: [Group] = [], unix: [UnixAddress] = []) {
        self.groups = groups
        self.unix = unix
    }

    /// How many places there are.
    public var count: Int {
        groups.reduce(unix.count) { count, group in
            count + group.hosts.reduce(group.names.count) { $0 + $1.count } * group.ports.count
        }
    }
}

/// Goes through the places of a scan, host by host, without ever writing them all down.
struct ScanCursor {
    private let targets: ScanTargets
    private var group = 0
    private var block = 0
    private var host = 0
    private var port = 0
    private var unix = 0
    private var address: IPAddress?

    init(_ targets: ScanTargets) { self.targets = targets }

    mutating func next() -> Endpoint? {
        while group < targets.groups.count {
            if let endpoint = nextOfGroup(targets.groups[group]) { return endpoint }
            group += 1
            block = 0
        }
        guard unix < targets.unix.count else { return nil }
        defer { unix += 1 }
        return .unix(targets.unix[unix])
    }

    private mutating func nextOfGroup(_ group: ScanTargets.Group) -> Endpoint? {
        while block < group.hosts.count {
            if host < group.hosts[block].count, port < group.ports.count {
                let here = address ?? group.hosts[block][host]
                let number = group.ports[port]
                port += 1
                address = here
                if port == group.ports.count { (host, port, address) = (host + 1, 0, nil) }
                return .ip(here, port: number)
            }
            block += 1
            (host, port) = (0, 0)
        }
        return nil
    }
}
