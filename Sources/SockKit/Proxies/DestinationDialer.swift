/// Reaches the destinations that a proxy's clients name, by its rules.
///
/// A name is looked up once. The rules are asked about each address that came of it, and an address that they allow is
/// the one that is dialled: what the name means a moment later does not matter.
@Netpoller
public struct DestinationDialer: Sendable {
    /// Why an address and a port are not to be reached; nil where they are.
    public typealias Rules = @Netpoller @Sendable (IPAddress, UInt16) -> String?

    /// How to connect.
    public var dialer: Dialer
    private let rules: Rules

    public init(_ dialer: Dialer, rules: @escaping Rules) {
        self.dialer = dialer
        self.rules = rules
    }

    /// Connects to a destination.
    public func dial(_ destination: SOCKSDestination) async throws(TargetRefusal) -> Connection {
        let deadline = dialer.timeout.map { Deadline.now + $0 }
        let endpoints = try await endpoints(of: destination, for: .tcp, until: deadline)
        do throws(NetworkError) {
            return try await DialRace(dialer: dialer, network: .tcp, deadline: deadline).run(endpoints)
        } catch {
            throw TargetRefusal(error)
        }
    }

    /// The endpoints that a destination stands for and that may be reached, in the order to try them; at least one.
    public func endpoints(
        of destination: SOCKSDestination, for network: Network, until deadline: Deadline?
    ) async throws(TargetRefusal) -> [Endpoint] {
        let place = Destination.Place.host(destination.hostText, service: String(destination.port))
        let found: [Endpoint]
        do throws(NetworkError) {
            let all = try await dialer.resolve(network, Destination(network: network, place: place), deadline)
            found = all.map(\.meant)
        } catch {
            throw TargetRefusal(error)
        }
        var reason: String?
        let allowed = found.filter { endpoint in
            guard let why = refusal(of: endpoint) else { return true }
            reason = reason ?? "destination \(destination.naming(endpoint)): \(why)"
            return false
        }
        if allowed.isEmpty, let reason { throw TargetRefusal(.denied, reason) }
        return allowed
    }

    /// Why an end is not to be reached, or not to be heard; nil where it is.
    public func refusal(of endpoint: Endpoint) -> String? {
        guard case .ip(let address, let port) = endpoint else { return "it is no address of the Internet" }
        return rules(address.unmapped, port)
    }
}

extension Endpoint {
    /// What is dialled: to connect to 0.0.0.0 is to connect to this machine, and a rule about its loopback is to see that.
    fileprivate var meant: Endpoint {
        guard case .ip(let address, let port) = self, address.isUnspecified else { return self }
        return .ip(address.unmapped.family == .v4 ? .v4Loopback : .v6Loopback, port: port)
    }
}

extension SOCKSDestination {
    /// The host as a resolver takes it.
    var hostText: String {
        switch host {
        case .address(let address): address.description
        case .name(let name): name.text
        }
    }

    /// The destination with the address that it has.
    fileprivate func naming(_ endpoint: Endpoint) -> String {
        if case .name = host { "\(self) at \(endpoint)" } else { description }
    }
}
