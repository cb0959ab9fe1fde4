private import CLinux
private import Glibc

/// Sends that may stop their thread: for one that has nothing else to do.
package enum WaitingSendCalls {
    /// Sets or clears O_NONBLOCK. The corresponding call is fcntl(2).
    package static func setBlocking(_ isBlocking: Bool, _ descriptor: Int32) throws(Errno) {
        let flags = try SystemCall.perform("fcntl", on: descriptor, arguments: "\(descriptor), F_GETFL") {
            Int(fcntl(descriptor, F_GETFL))
        }
        let wanted = isBlocking ? Int32(flags) & ~O_NONBLOCK : Int32(flags) | O_NONBLOCK
        _ = try SystemCall.perform("fcntl", on: descriptor, arguments: "\(descriptor), F_SETFL, \(wanted)") {
            Int(fcntl(descriptor, F_SETFL, wanted))
        }
    }

    /// One send(2) that waits until all the bytes are taken, or something ends it before.
    package static func send(_ descriptor: Int32, _ bytes: Span<UInt8>) throws(Errno) -> Int {
        try unsafe bytes.withUnsafeBytes { all throws(Errno) in
            try SystemCall.perform("send", on: descriptor, arguments: "\(descriptor), \(all.count) bytes") {
                unsafe Glibc.send(descriptor, all.baseAddress, all.count, Int32(MSG_NOSIGNAL))
            }
        }
    }
}
