private import CLinux

/// Socket filters (socket(7), SO_ATTACH_FILTER).
package enum FilterCalls {
    /// Has the kernel drop whatever comes for this socket, acknowledgements too, before TCP sees it: to its peer it is
    /// as if the cable had been cut. Anybody may do that to a socket of their own.
    package static func dropAll(for descriptor: Int32) throws(Errno) {
        _ = try SystemCall.perform(
            "setsockopt", on: descriptor, arguments: "\(descriptor), SOL_SOCKET, SO_ATTACH_FILTER, {ret 0}"
        ) {
            Int(sk_drop_all(descriptor))
        }
    }
}
