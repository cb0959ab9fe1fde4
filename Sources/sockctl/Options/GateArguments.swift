import SockKit

/// Who may come: the rules about peers, and where they are kept.
struct GateArguments: Equatable, Sendable {
    var allowed: [[AddressRule]] = []
    var denied: [[AddressRule]] = []
    var allowFiles: [Word] = []
    var denyFiles: [Word] = []
    var mostPerHost: Int?

    /// Whether anybody is turned away by a rule.
    var hasRules: Bool { !(allowed.isEmpty && denied.isEmpty && allowFiles.isEmpty && denyFiles.isEmpty) }
    /// Whether only those are let in whom a rule names.
    var admitsOnlyNamed: Bool { !(allowed.isEmpty && allowFiles.isEmpty) }

    static let title = "Peers"

    /// Of a command that serves connections.
    static let rows: [Row<GateArguments>] =
        rules
        + [
            perHost.needs(.connection, reason: "'{option}' is about connections, and {network} has none")
                .needs(.ip, reason: "'{option}' is about hosts, and the peers of {network} are all on this one")
        ].titled(title)

    /// Of a command that receives datagrams, whose senders have connections only under TLS.
    static let datagramRows: [Row<GateArguments>] =
        rules
        + [
            perHost.needs(
                "tls", reason: "'{option}' is about connections, and senders have one under TLS: give '--tls' too")
        ].titled(title)

    private static let perHost: Row<GateArguments> = .option(
        "max-conns-per-host", as: .count(1...Int.max), into: \.mostPerHost,
        help: "Serve at most this many of one host at once.",
        detail: """
            One too many is accepted, closed and reported. Beyond this machine's own network all of an IPv6 network of \
            64 bits are one host.
            """
    ).manualOnly

    /// The rules alone, which hold for datagrams, too.
    private static let rules: [Row<GateArguments>] = [
        .list(
            "allow", as: .addressRules, into: \.allowed, help: "Let in only who is named.",
            detail: """
                SPEC is an address, a name, a network as `10.0.0.0/8` or `fd00::/8`, octets as `10.0-3.*.1,5`, or on \
                Unix sockets `uid:N` or `gid:N`; several stand apart by spaces. `GATES` says more.
                """),
        .list(
            "deny", as: .addressRules, into: \.denied, help: "Turn away who is named.",
            detail: "Also somebody whom `--allow` names."),
        .list(
            "allow-file", as: .file, into: \.allowFiles, help: "Let in only who a file names.",
            detail: "SPECs as for `--allow`, on any number of lines; `#` begins a comment. SIGHUP reads it again."
        ).manualOnly,
        .list(
            "deny-file", as: .file, into: \.denyFiles, help: "Turn away who a file names."
        ).manualOnly,
    ].titled(title)
}

extension ValueType where Value == [AddressRule] {
    /// Rules about peers, apart by spaces.
    static var addressRules: Self {
        Self(placeholder: "SPEC", completion: .hosts) { (text: String) throws(UsageError) in
            let rules: [AddressRule]
            do throws(AddressError) { rules = try AddressRule.list(text) } catch { throw UsageError(error.message) }
            guard !rules.isEmpty else { throw UsageError("the value is empty; give an address, a name or a network") }
            return rules
        } show: { _ in
            nil
        }
    }
}
