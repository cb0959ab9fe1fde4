import SockKit

/// Where a proxy leads: the rules of `--target-allow` and `--target-deny`, and what no stranger is led to unless a rule
/// says so.
@Netpoller
struct TargetRules {
    /// The rules of the command line; nil where there are none.
    let gate: Gate?
    /// Where the proxy itself listens.
    let own: Endpoint

    /// Others than this machine's own programs can reach the proxy.
    private var isExposed: Bool { own.isExposed }

    /// Why an address and a port are not to be reached; nil where they are.
    func refusal(of address: IPAddress, _ port: UInt16) -> String? {
        if let reason = gate?.refusal(of: address) { return reason }
        guard isExposed, gate?.allowed == nil, let what = what(address, port) else { return nil }
        return "it is \(what), and no rule of --target-allow names it"
    }

    /// What a stranger cannot reach by himself, and is not to reach by us.
    private func what(_ address: IPAddress, _ port: UInt16) -> String? {
        if address.isUnspecified || address.isLoopback { return "this machine itself" }
        if address.isLinkLocal { return "on this machine's link alone" }
        if address.isMulticast { return "a group" }
        if port == own.port, address.isOwn { return "this proxy itself" }
        return nil
    }
}

extension Endpoint {
    /// Whether others than this machine's own programs can reach what listens there.
    var isExposed: Bool {
        switch self {
        case .ip(let address, _): !address.isLoopback
        case .unix: false
        case .vsock(let address): address.cid != VsockAddress.localCID
        }
    }
}
