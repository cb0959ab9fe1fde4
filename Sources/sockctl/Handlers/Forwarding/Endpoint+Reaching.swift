import SockKit

extension Endpoint {
    /// Whether what is sent to `remote`, from an address of this machine, comes to a socket that is bound here.
    func isReached(at remote: Endpoint, from local: IPAddress?) -> Bool {
        if remote == self { return true }
        guard let address, address.isUnspecified, let far = remote.address, remote.port == port,
            address.family == .v6 || far.family == .v4
        else { return false }
        // Whoever is sent something by his own address is this machine.
        return far.isLoopback || far == local
    }
}
