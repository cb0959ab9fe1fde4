import SockKit

/// Who may be served, by the rules of `--allow` and `--deny`: with any allow only those whom one names, and never whom a
/// deny names.
@Netpoller
final class Gate {
    private let arguments: GateArguments
    private let network: Network
    private let resolver: Resolver
    private let reporter: Reporter
    /// The options that the rules of the command line stand with.
    private let options: (allow: String, deny: String)
    /// Nil is everybody.
    private(set) var allowed: AddressSet?
    private var denied = AddressSet([])
    private var isReading = false
    /// They are to be read once more: they may have changed meanwhile.
    private var isStale = false
    /// How many datagrams were turned away.
    private(set) var deniedCount = 0

    /// Reads the rules; nil where there are none to be read.
    static func open(
        _ arguments: GateArguments, _ network: Network, _ resolver: Resolver, _ reporter: Reporter,
        options: (allow: String, deny: String) = ("--allow", "--deny")
    ) async throws(RuleFailure) -> Gate? {
        guard arguments.hasRules else { return nil }
        guard network.isIP || network.isUnix && network.kind != .datagram else {
            throw RuleFailure(
                failure: Failure(
                    code: "usage",
                    message:
                        "'\(options.allow)' and '\(options.deny)' name addresses, users and groups, and peers on \(network) have none"
                ),
                status: .usage)
        }
        let gate = Gate(arguments, network, resolver, reporter, options)
        try await gate.read()
        return gate
    }

    private init(
        _ arguments: GateArguments, _ network: Network, _ resolver: Resolver, _ reporter: Reporter,
        _ options: (allow: String, deny: String)
    ) {
        self.arguments = arguments
        self.network = network
        self.resolver = resolver
        self.reporter = reporter
        self.options = options
    }

    // MARK: - Whom the rules name

    /// Why a peer is not let in; nil if it is.
    func refusal(of connection: Connection) -> String? {
        let endpoint = connection.remoteEndpoint
        let credentials = endpoint.address == nil ? connection.peerCredentials : nil
        return refusal { rules in
            if let address = endpoint.address { return rules.contains(address) }
            return credentials.map { rules.contains(user: $0.user, group: $0.group) } ?? false
        }
    }

    /// Whether a datagram is taken; one that is not is counted.
    func takes(from source: Endpoint) -> Bool {
        let reason = refusal { rules in source.address.map { rules.contains($0) } ?? false }
        guard reason != nil else { return true }
        deniedCount += 1
        return false
    }

    func refusal(_ names: (AddressSet) -> Bool) -> String? {
        if names(denied) { return "a rule of \(options.deny) names it" }
        if let allowed, !names(allowed) { return "no rule of \(options.allow) names it" }
        return nil
    }

    // MARK: - Reading the rules

    /// Whether there is anything that could be read again.
    var hasFiles: Bool { !(arguments.allowFiles.isEmpty && arguments.denyFiles.isEmpty) }

    /// Reads the files again, as SIGHUP asks; the old rules stay if there is anything wrong with the new ones.
    func readAgain() {
        isStale = true
        guard !isReading else { return }
        isReading = true
        Netpoller.spawn {
            while self.isStale {
                self.isStale = false
                await self.replace()
            }
            self.isReading = false
        }
    }

    private func replace() async {
        do throws(RuleFailure) {
            try await read()
            reporter.report(RulesReadEvent(count: (allowed?.count ?? 0) + denied.count))
        } catch {
            var failure = error.failure
            failure.message += "; the old rules stay"
            reporter.report(FailedEvent(failure))
        }
    }

    private func read() async throws(RuleFailure) {
        let allows = try await rules(options.allow, arguments.allowed, arguments.allowFiles)
        let denies = try await rules(options.deny, arguments.denied, arguments.denyFiles)
        allowed = arguments.admitsOnlyNamed ? AddressSet(allows) : nil
        denied = AddressSet(denies)
    }

    private func rules(
        _ option: String, _ given: [[AddressRule]], _ files: [Word]
    ) async throws(RuleFailure) -> [AddressRule] {
        var placed = given.joined().map { PlacedRule(rule: $0, place: option) }
        for file in files { placed += try await read(file) }
        var rules: [AddressRule] = []
        rules.reserveCapacity(placed.count)
        for one in placed { try await add(one, to: &rules) }
        return rules
    }

    /// On a thread of its own: opening a pipe waits for somebody who writes.
    private func read(_ file: Word) async throws(RuleFailure) -> [PlacedRule] {
        // What comes out of a pipe comes once, and to open it again may be to wait for ever.
        if isReading, let kind = try? FileCalls.identity(ofPath: file.byteString).kind, kind != .regular {
            let failure = Failure(code: "usage", message: "\(file.text): it is no file that could be read again")
            throw RuleFailure(failure: failure, status: .data)
        }
        return try await Netpoller.offload(attempt: { () throws(RuleFailure) in try RuleFile.read(file) }) { failure in
            RuleFailure(unread: file, failure)
        }
    }

    private func add(_ placed: PlacedRule, to rules: inout [AddressRule]) async throws(RuleFailure) {
        try check(placed)
        switch placed.rule {
        case .name(let name, let bits):
            for address in try await addresses(of: name, placed.place) {
                let whole = address.family == .v4 ? 32 : 128
                rules.append(.network(address, bits: min(bits ?? whole, whole)))
            }
        case .network(let address, let bits): rules.append(.network(address.withNamedZone, bits: bits))
        case .octets, .user, .group: rules.append(placed.rule)
        }
    }

    /// Refuses a rule that no peer here can match.
    private func check(_ placed: PlacedRule) throws(RuleFailure) {
        let reason: String
        switch placed.rule {
        case .user, .group:
            if network.isUnix { return }
            reason = "users and groups are known of peers on Unix sockets, not of those on \(network)"
        case .name, .network, .octets:
            if network.isIP { return }
            reason = "peers on Unix sockets have no addresses: name them by uid:N or gid:N"
        }
        throw RuleFailure(
            failure: Failure(code: "usage", message: "\(placed.place): \(reason)"),
            status: placed.place.hasPrefix("--") ? .usage : .data)
    }

    private func addresses(of name: String, _ place: String) async throws(RuleFailure) -> [IPAddress] {
        do throws(LookupFailure) { return try await resolver.addresses(of: name, for: .tcp, until: nil) } catch {
            let lookup = NetworkError(.listen, network: network, cause: error.cause)
            var failure = reporter.failure(lookup)
            failure.message = "\(place): \(failure.message)"
            throw RuleFailure(failure: failure, status: ExitStatus(of: lookup))
        }
    }
}

extension IPAddress {
    /// The address with the zone as peers have it: an interface's name.
    fileprivate var withNamedZone: IPAddress {
        guard let zone, let number = UInt32(zone) else { return self }
        return IPAddress(v6Bits: v6Bits, zone: InterfaceCalls.name(of: number))
    }
}
