import SockKit

/// The rules of `--target-allow` and `--target-deny`, which are about destinations and not about peers.
extension Gate {
    /// Why an address is not to be reached; nil if it is.
    func refusal(of address: IPAddress) -> String? { refusal { $0.contains(address) } }
}
