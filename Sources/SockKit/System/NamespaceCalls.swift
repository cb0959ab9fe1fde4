private import CLinux

/// Networks beside the machine's own: network_namespaces(7).
package enum NamespaceCalls {
    /// Gives the calling thread, and the sockets that it makes from now on, a network that has nothing but loopback. It is
    /// gone with the thread and its sockets. Only root may do so. The corresponding call is unshare(2).
    package static func enterOwnNetwork() throws(Errno) {
        _ = try SystemCall.perform("unshare", on: -1, arguments: "CLONE_NEWNET") { Int(sk_enter_own_network()) }
    }
}
