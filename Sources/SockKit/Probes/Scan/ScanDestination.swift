/// What a person typed to name the places of a scan, before anything is resolved.
public struct ScanDestination: Sendable, Hashable {
    public enum Host: Sendable, Hashable {
        case name(String)
        case block(ScanBlock)
    }

    /// Hosts, and the ports to try at each of them.
    public struct Group: Sendable, Hashable {
        public var hosts: [Host]
        public var ports: PortList
    }

    public internal(set) var network: Network?
    public internal(set) var groups: [Group] = []
    public internal(set) var unix: [UnixAddress] = []

    /// How many hosts there are, a name counted as one.
    public var hostCount: Int {
        groups.reduce(0) { count, group in
            group.hosts.reduce(count) { count, host in
                if case .block(let block) = host { count + block.count } else { count + 1 }
            }
        }
    }

    /// The network that was asked for, or that the addresses imply.
    public var impliedNetwork: Network { network ?? (unix.isEmpty ? .tcp : .unix) }

    /// All the places, with the names resolved to all of their addresses and the services to their ports.
    ///
    /// From a source address only those of its family can be tried: a host that has none is an error. With `leavingNames`
    /// a proxy resolves the names that the resolver does not know by itself.
    @Netpoller
    public func targets(
        _ resolver: Resolver, from source: IPAddress? = nil, leavingNames: Bool = false
    ) async throws(NetworkError) -> ScanTargets {
        let network = impliedNetwork
        var targets = ScanTargets(unix: unix)
        do throws(LookupFailure) {
            for group in groups {
                let ports = try group.ports.ports(resolver, network)
                var places = ScanTargets.Group(hosts: [], ports: ports)
                for host in group.hosts {
                    if leavingNames, case .name(let name) = host, resolver.overrides[name] == nil {
                        places.names.append(name)
                    } else {
                        places.hosts += try await Self.blocks(of: host, resolver, network, source)
                    }
                }
                targets.groups.append(places)
            }
        } catch {
            throw NetworkError(.dial, network: network, cause: error.cause)
        }
        return targets
    }

    @Netpoller
    private static func blocks(
        of host: Host, _ resolver: Resolver, _ network: Network, _ source: IPAddress?
    ) async throws(LookupFailure) -> [ScanBlock] {
        let (blocks, name): ([ScanBlock], String)
        switch host {
        case .block(let block):
            let fits = network.family.map { $0 == block.family } ?? true
            (blocks, name) = (fits ? [block] : [], block[0].description)
        case .name(let text):
            let addresses = try await resolver.addresses(of: text, for: network, until: nil)
            (blocks, name) = (addresses.map { ScanBlock($0) }, text)
        }
        let fitting = blocks.filter { $0.isReachable(from: source) }
        guard !fitting.isEmpty else { throw LookupFailure(cause: .noSuitableAddress(name)) }
        return fitting
    }
}

extension ScanBlock {
    /// A source that is no address in particular fits either family.
    fileprivate func isReachable(from source: IPAddress?) -> Bool {
        guard let source, !source.isUnspecified else { return true }
        return source.unmapped.family == family
    }
}
