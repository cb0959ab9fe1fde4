private import Glibc

/// The few calls that do not pass the gate: those that reports are written with.
///
/// A tracer that prints through the gate would trace its own printing, and that in turn. Nothing else belongs here.
package enum UnwatchedCalls {
    /// Writes all the bytes, waiting where it must, with one write(2) as long as the kernel takes them in one.
    ///
    /// The descriptor may be anybody's, so it may be non-blocking too: then it is polled.
    package static func write(_ descriptor: Int32, _ bytes: [UInt8]) throws(Errno) {
        var gone = 0
        while gone < bytes.count {
            let result = unsafe bytes.withUnsafeBytes { all in
                unsafe Glibc.write(descriptor, all.baseAddress! + gone, all.count - gone)
            }
            guard result < 0 else {
                gone += result
                continue
            }
            let number = Errno(rawValue: Glibc.errno)
            switch number {
            case .interrupted: continue
            case .wouldBlock: _ = isWritable(descriptor, waiting: true)
            default: throw number
            }
        }
    }

    /// Whether a write of at most 4096 bytes (PIPE_BUF) would go without waiting, or fail at once.
    package static func isWritable(_ descriptor: Int32, waiting: Bool = false) -> Bool {
        var slot = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&slot, 1, waiting ? -1 : 0) != 0
    }
}
