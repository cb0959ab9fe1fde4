private import Glibc

/// The calls that reports are written with, and waited for. They do not pass the gate: a tracer that prints through it
/// would trace its own printing, and that in turn.
package enum UnwatchedCalls {
    /// Writes all the bytes, waiting where it must, with one write(2) as long as the kernel takes them in one.
    ///
    /// The descriptor may be anybody's, so it may be non-blocking too: then it is polled.
    package static func write(_ descriptor: Int32, _ bytes: [UInt8]) throws(Errno) {
        var gone = 0
        var interrupts = 0
        while gone < bytes.count {
            let result = unsafe bytes.withUnsafeBytes { all in
                unsafe Glibc.write(descriptor, all.baseAddress! + gone, all.count - gone)
            }
            guard result <= 0 else {
                gone += result
                interrupts = 0
                continue
            }
            // What takes nothing and names no error would be asked for ever.
            let number = result == 0 ? .inputOutput : Errno(rawValue: Glibc.errno)
            switch number {
            case .interrupted:
                interrupts += 1
                if interrupts >= 1000 { throw number }
            case .wouldBlock: _ = isWritable(descriptor, waiting: true)
            default: throw number
            }
        }
    }

    /// One write(2) to a descriptor that does not wait: returns how many bytes it took, which may be none.
    package static func writeSome(_ descriptor: Int32, _ bytes: [UInt8]) throws(Errno) -> Int {
        let result = unsafe bytes.withUnsafeBytes { all in
            unsafe Glibc.write(descriptor, all.baseAddress, all.count)
        }
        guard result < 0 else { return result }
        let number = Errno(rawValue: Glibc.errno)
        guard number == .wouldBlock || number == .interrupted else { throw number }
        return 0
    }

    /// Stops the calling thread for a millisecond.
    package static func pause() {
        _ = poll(nil, 0, 1)
    }

    /// Whether a write of at most 4096 bytes (PIPE_BUF) would go without waiting, or fail at once.
    package static func isWritable(_ descriptor: Int32, waiting: Bool = false) -> Bool {
        var slot = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&slot, 1, waiting ? -1 : 0) != 0
    }
}
