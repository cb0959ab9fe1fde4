/// Turns names into addresses, off the loop's thread and within a deadline.
public struct Resolver: Sendable {
    /// Answers for names without asking anyone.
    public var overrides: [String: [IPAddress]]
    /// Only literal addresses, and the overrides, are taken.
    public var literalsOnly: Bool
    /// What the error says of a name that is not taken.
    public var refusalOfNames = "names are not looked up"

    /// A resolver that asks the system's: /etc/hosts, then name servers, as configured.
    public init(overrides: [String: [IPAddress]] = [:], literalsOnly: Bool = false) {
        self.overrides = overrides
        self.literalsOnly = literalsOnly
    }

    /// Whether a host is a name that it does not look up.
    package func refuses(_ host: String) -> Bool { literalsOnly && IPAddress(host) == nil && overrides[host] == nil }

    /// The addresses of a host that suit the network, in the order to try them.
    @Netpoller
    package func addresses(
        of host: String, for network: Network, until deadline: Deadline?
    ) async throws(LookupFailure) -> [IPAddress] {
        // An IPv4 address in IPv6's clothes is dialled and shown as what it is: sockets of ours take either family only.
        if let literal = IPAddress(host)?.unmapped {
            guard network.family.map({ $0 == literal.family }) ?? true else {
                throw LookupFailure(cause: .noSuitableAddress(host))
            }
            return [literal]
        }
        if let known = overrides[host] { return try suitable(known.map(\.unmapped), host, network) }
        if refuses(host) {
            throw LookupFailure(cause: .invalid("lookup \(host): \(refusalOfNames)"))
        }
        let family = network.family
        switch try await look(host, family, until: deadline) {
        case .success(let found): return try suitable(found, host, network)
        case .failure(.noSuchName):
            // A name that has only addresses of the other family is another mistake than a name that is unknown.
            guard family != nil, try await exists(host, until: deadline) else {
                throw LookupFailure(cause: .noSuchHost(host))
            }
            throw LookupFailure(cause: .noSuitableAddress(host))
        case .failure(.temporary):
            throw LookupFailure(cause: .lookupFailed(host, reason: "temporary failure in name resolution"))
        case .failure(.system(let number)): throw Self.failure(number, host)
        case .failure(.other(let text)): throw LookupFailure(cause: .lookupFailed(host, reason: text))
        }
    }

    /// Known without a file, as in Go, so that the defaults of HTTP hold on every machine.
    private static let ownServices: [String: UInt16] = ["http": 80, "https": 443]

    /// The port of a service: a number, or a name from /etc/services.
    package func port(of service: String, for network: Network) throws(LookupFailure) -> UInt16 {
        if let number = UInt16(service) { return number }
        // No thread: only a local file is read.
        let known = network.isUDP ? nil : Self.ownServices[service]
        guard let port = NameCalls.port(of: service, datagram: network.isUDP) ?? known else {
            if let shortage = NameCalls.descriptorShortage() {
                throw LookupFailure(cause: .system(shortage, call: "getaddrinfo"))
            }
            throw LookupFailure(cause: .unknownService(service))
        }
        return port
    }

    /// The name of the service that has a port; nil where it has none.
    package static func service(at port: UInt16, for network: Network) -> String? {
        NameCalls.service(at: port, datagram: network.isUDP)
            ?? (network.isUDP ? nil : ownServices.first { $0.value == port }?.key)
    }

    private func suitable(
        _ found: [IPAddress], _ host: String, _ network: Network
    ) throws(LookupFailure) -> [IPAddress] {
        let fitting = found.filter { address in network.family.map { $0 == address.family } ?? true }
        guard !fitting.isEmpty else {
            throw found.isEmpty
                ? LookupFailure(cause: .noSuchHost(host)) : LookupFailure(cause: .noSuitableAddress(host))
        }
        return fitting
    }

    @Netpoller
    private func exists(_ host: String, until deadline: Deadline?) async throws(LookupFailure) -> Bool {
        switch try await look(host, nil, until: deadline) {
        case .success(let found): return !found.isEmpty
        case .failure(.system(let number)): throw Self.failure(number, host)
        case .failure: return false
        }
    }

    @Netpoller
    private func look(
        _ host: String, _ family: IPAddress.Family?, until deadline: Deadline?
    ) async throws(LookupFailure) -> Result<[IPAddress], NameCalls.Failure> {
        try await offloaded(until: deadline) {
            Result { () throws(NameCalls.Failure) in try NameCalls.addresses(of: host, family: family) }
        }
    }

    /// What is missing here says nothing about the name.
    private static func failure(_ number: Errno, _ host: String) -> LookupFailure {
        switch number {
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory, .noBufferSpace:
            LookupFailure(cause: .system(number, call: "getaddrinfo"))
        default: LookupFailure(cause: .lookupFailed(host, reason: number.description))
        }
    }

    /// A thread that waits for a name server cannot be stopped, and who asks for names may be a stranger.
    private static let workers = WorkerThreads(most: 64, mostWaiting: 1024)

    @Netpoller
    private func offloaded<Value: Sendable>(
        until deadline: Deadline?, _ body: @escaping @Sendable () -> Value
    ) async throws(LookupFailure) -> Value {
        do throws(DescriptorThreadFailure) {
            return try await Netpoller.offload(until: deadline, on: Self.workers, body)
        } catch {
            switch error {
            case .system(let number): throw LookupFailure(cause: .system(number, call: "pthread_create"))
            case .deadlineExceeded: throw LookupFailure(cause: .timeout)
            case .cancelled: throw LookupFailure(cause: .cancelled)
            }
        }
    }
}

/// A lookup that failed; who asked knows for which operation.
package struct LookupFailure: Error, Sendable {
    package let cause: NetworkError.Cause
}
