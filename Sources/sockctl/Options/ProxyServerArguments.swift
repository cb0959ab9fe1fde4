import SockKit

/// Whom `listen --serve proxy` serves, and where it leads.
struct ProxyServerArguments: Equatable, Sendable {
    /// Each is `USER:PASS`.
    var users: [String] = []
    var userFiles: [Word] = []
    var targets = GateArguments()
    var isOpen = false

    /// Whether a password is wanted.
    var wantsPassword: Bool { !(users.isEmpty && userFiles.isEmpty) }

    static let rows: [Row<ProxyServerArguments>] = [
        .list(
            "proxy-auth", as: .credentials, into: \.users, help: "Serve only who has this name and password.",
            detail: """
                Given again for more users. SOCKS5 and HTTP's Basic tell the password in the clear, and HTTP's Digest \
                proves it. SOCKS4 has none, and is refused then. The command line is visible to other users of this \
                machine; `--proxy-auth-file` is not.
                """
        ).manualOnly.needsProxy,
        .list(
            "proxy-auth-file", as: .file, into: \.userFiles, help: "Serve only users whom a file names.",
            detail: "One `USER:PASS` a line; empty lines, and those that begin with `#`, are passed over."
        ).manualOnly.needsProxy,
        .list(
            "target-allow", as: .addressRules, into: \.targets.allowed, help: "Lead only to who is named.",
            detail: """
                SPECs as for `--allow`. They are held against the address that is dialled, whatever name it has, also for \
                each datagram. What they name may be on this machine or its link; see PROXIES.
                """
        ).manualOnly.needsProxy,
        .list(
            "target-deny", as: .addressRules, into: \.targets.denied, help: "Never lead to who is named.",
            detail: "Also not where `--target-allow` names it."
        ).manualOnly.needsProxy,
        .flag(
            "open", into: \.isOpen, help: "Serve everybody who comes, from everywhere.",
            detail: "Without it, a proxy that listens beyond loopback wants users, an `--allow` or a `--target-allow`."
        ).manualOnly.needsProxy,
    ].titled("Proxy")
}

extension Row {
    fileprivate var needsProxy: Row {
        needs("serve proxy", reason: "'{option}' is about a proxy: use it with '--serve proxy'")
    }
}
