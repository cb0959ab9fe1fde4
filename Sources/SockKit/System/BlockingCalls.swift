private import Glibc

/// Calls that block their thread on purpose: what a program without a loop would meet.
package enum BlockingCalls {
    /// Connects on a socket that is made to wait for it, at most this long (SO_SNDTIMEO); EAGAIN says it was too long.
    package static func connect(
        _ descriptor: Int32, to endpoint: Endpoint, family: SocketFamily, timeout: Duration?
    ) throws(Errno) {
        _ = try SystemCall.perform("fcntl", on: descriptor, arguments: "\(descriptor), F_SETFL, 0") {
            Int(fcntl(descriptor, F_SETFL, 0))
        }
        if let timeout {
            let microseconds = Int(max(timeout.wholeNanoseconds / 1000, 1))
            var span = timeval(tv_sec: microseconds / 1_000_000, tv_usec: microseconds % 1_000_000)
            _ = try SystemCall.perform(
                "setsockopt", on: descriptor,
                arguments: "\(descriptor), SOL_SOCKET, SO_SNDTIMEO, {\(span.tv_sec), \(span.tv_usec)}"
            ) {
                unsafe Int(setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &span, UInt32(MemoryLayout<timeval>.size)))
            }
        }
        try SocketCalls.connect(descriptor, to: endpoint, family: family)
    }
}
