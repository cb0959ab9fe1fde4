import SockKit

/// On which side of a forwarder the PROXY protocol is spoken, and with whom.
struct ProxyHeaderArguments: Equatable, Sendable {
    enum Side: String, CaseIterable, Sendable {
        case send, accept, both
    }

    var side: Side?
    var version = ProxyHeader.Version.two
    var trusted: [[AddressRule]] = []

    /// Targets are told who is behind a connection.
    var sends: Bool { side == .send || side == .both }
    /// Peers say who is behind theirs.
    var accepts: Bool { side == .accept || side == .both }

    /// The peers of whom a header is taken, as rules of a gate.
    var gate: GateArguments {
        var gate = GateArguments()
        if accepts { gate.allowed = trusted }
        return gate
    }

    static let rows: [Row<ProxyHeaderArguments>] = [
        .option(
            "proxy-protocol", as: .choice("SIDE"), into: \.side, help: "Say, or be told, who is behind a connection.",
            detail: """
                With `send` each target is told by a PROXY header, the first bytes of the connection, whose it is; with \
                `accept` each peer must say so itself; `both` passes on what peers say. See PROXY HEADERS.
                """
        ).manualOnly
            .needs(.stream, reason: "'--proxy-protocol' is about streams, and {network} carries messages"),
        .option(
            "proxy-version", as: .headerVersion, into: \.version, help: "The version of the headers that are sent.",
            detail: "Version 1 is a line of text, and knows TCP alone. Both versions are accepted."
        ).manualOnly
            .needs(
                "proxy-protocol send", "proxy-protocol both",
                reason: "'--proxy-version' is about headers that are sent, and none are without '--proxy-protocol send'"
            ),
        .list(
            "trust", as: .addressRules, into: \.trusted, help: "Take PROXY headers of these peers.",
            detail: """
                SPECs as for `--allow`. Whoever can send a header can pass for anybody, so there is no default; a \
                connection of anybody else is closed, and told of with 65.
                """
        ).manualOnly
            .needs(
                "proxy-protocol accept", "proxy-protocol both",
                reason: "'--trust' is about headers that are accepted, and none are without '--proxy-protocol accept'"),
    ].titled("PROXY protocol")

    func validate() throws(UsageError) {
        guard accepts, trusted.isEmpty else { return }
        throw UsageError(
            "'--proxy-protocol \(side?.rawValue ?? "")' takes the word of whoever connects for who he is",
            hint: "name the proxies that may do that: --trust 10.0.0.0/8")
    }
}

extension ValueType where Value == ProxyHeader.Version {
    fileprivate static var headerVersion: Self {
        Self(placeholder: "1|2", completion: .words(["1", "2"])) { (text: String) throws(UsageError) in
            guard let version = ProxyHeader.Version.allCases.first(where: { "\($0.rawValue)" == text }) else {
                throw UsageError("'\(text)' is no version of the PROXY protocol: there are 1 and 2")
            }
            return version
        } show: {
            "\($0.rawValue)"
        }
    }
}
