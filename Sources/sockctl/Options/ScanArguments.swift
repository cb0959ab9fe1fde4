/// What `dial -z` takes.
struct ScanArguments: Equatable, Sendable {
    var isOn = false
    var parallel = 256
    var banner: Duration?
    var mayBeMany = false

    /// So many hosts are tried without asking.
    static let mostHosts = 4096

    static let rows = [zero].titled("Connecting") + [parallel, banner, yes].titled("Scanning")

    private static let zero: Row<ScanArguments> =
        .flag(
            "zero", short: "z", into: \.isOn, help: "Scan: connect, say what is open, and close.",
            detail: """
                The address is one or more hosts and then ports, or `HOST:PORTS`; see SCANNING. Standard input is not read. \
                The status is 0 if anything is open and 1 if nothing is.
                """
        )
        .honours(
            // With fast open connect(2) says yes before anybody was asked, where the cookie of the address is known.
            PeerArguments.plainNames.union(ProxyArguments.names).union(TLSArguments.names).subtracting(["fastopen"])
                .union([
                    "timeout", "source", "source-port", "parallel", "banner", "yes", "max-time", "close",
                ]),
            reason: "'{other}' is about connections that carry something, and '-z' closes each at once"
        )
        .excludes("close hold", reason: "'--close hold' never closes, and a scan closes what it opens: leave it out")
        .excludes(
            "source", without: .ip, reason: "a scan on {network} needs no address of its own: leave out '--source'"
        )

    private static let parallel: Row<ScanArguments> =
        .option(
            "parallel", as: .count(1...1_000_000), into: \.parallel, help: "Try so many places of a scan at once.",
            detail: """
                Fewer where the limit of open descriptors is lower; and while this machine runs out of descriptors, \
                memory or local ports, which never counts as an answer.
                """
        ).manualOnly.needs("zero", reason: withoutScan).excludes("tls", reason: oneServer)

    private static let banner: Row<ScanArguments> =
        .option(
            "banner", as: .limitAboveZero, into: \.banner, help: "Wait this long for what an open port says.",
            detail: """
                Its first line is shown. Many services wait for the client to begin: nothing is shown of them. With `-u` \
                it is the first line of the answer.
                """
        ).manualOnly.needs("zero", reason: withoutScan)

    private static let yes: Row<ScanArguments> =
        .flag(
            "yes", into: \.mayBeMany, help: "Scan more than 4096 hosts.",
            detail: "Ports do not count. Without it, a block that is larger than was meant is an error."
        ).manualOnly.needs("zero", reason: withoutScan).excludes("tls", reason: oneServer)

    private static let withoutScan = "'{option}' is about scans: give '-z' too"
    private static let oneServer = "'{option}' is about many places, and '-z --tls' looks at one server"
}
