private import Glibc

/// The calls that make their thread wait: for threads of their own, never for the loop's.
package enum BlockingCalls {
    /// Whether calls on the open file wait. The corresponding call is fcntl(2) with F_SETFL.
    package static func setBlocking(_ blocks: Bool, _ descriptor: Int32) throws(Errno) {
        let flags = try SystemCall.perform("fcntl", on: descriptor, arguments: "\(descriptor), F_GETFL") {
            Int(fcntl(descriptor, F_GETFL))
        }
        let wanted = blocks ? Int32(flags) & ~O_NONBLOCK : Int32(flags) | O_NONBLOCK
        let name = blocks ? "~O_NONBLOCK" : "O_NONBLOCK"
        _ = try SystemCall.perform("fcntl", on: descriptor, arguments: "\(descriptor), F_SETFL, \(name)") {
            Int(fcntl(descriptor, F_SETFL, wanted))
        }
    }

    /// recv(2) without flags: on a blocking socket it waits for bytes or the end.
    static func receive(
        _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer
    ) throws(Errno) -> Attempt<Int> {
        try SystemCall.attempt("recv", on: descriptor, arguments: "\(descriptor), \(buffer.count) bytes") {
            unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
        }
    }

    /// send(2): on a blocking socket it waits until the kernel has taken all the bytes.
    static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(Errno) -> Attempt<Int> {
        try SystemCall.attempt("send", on: descriptor, arguments: "\(descriptor), \(bytes.count) bytes") {
            unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        }
    }

    /// As above, for who waits for nothing else: would-block is an error like any other.
    package static func send(_ descriptor: Int32, _ bytes: Span<UInt8>) throws(Errno) -> Int {
        let outcome = try unsafe bytes.withUnsafeBytes { all throws(Errno) in try unsafe send(descriptor, all) }
        guard case .done(let count) = outcome else { throw .wouldBlock }
        return count
    }

    /// Connects on a socket that is made to wait for it, at most this long (SO_SNDTIMEO); EAGAIN says it was too long.
    package static func connect(
        _ descriptor: Int32, to endpoint: Endpoint, family: SocketFamily, timeout: Duration?
    ) throws(Errno) {
        try setBlocking(true, descriptor)
        let start = Deadline.now
        var left = timeout
        for _ in 0..<SystemCall.mostInterrupts {
            if let left { try limit(SO_SNDTIMEO, "SO_SNDTIMEO", descriptor, to: left) }
            do throws(Errno) {
                return try SocketCalls.connect(descriptor, to: endpoint, family: family)
            } catch {
                // As when the process is stopped and goes on, signal(7). Of a Unix socket nothing is under way then.
                guard error == .interrupted, family == .unix else { throw error }
                left = timeout.map { $0 - (Deadline.now - start) }
            }
        }
        throw .interrupted
    }

    /// Has calls of one direction wait no longer than this (socket(7)).
    static func limit(
        _ option: Int32, _ name: String, _ descriptor: Int32, to time: Duration
    ) throws(Errno) {
        let microseconds = Int(max(time.wholeNanoseconds / 1000, 1))
        var span = timeval(tv_sec: microseconds / 1_000_000, tv_usec: microseconds % 1_000_000)
        _ = try SystemCall.perform(
            "setsockopt", on: descriptor,
            arguments: "\(descriptor), SOL_SOCKET, \(name), {\(span.tv_sec), \(span.tv_usec)}"
        ) {
            unsafe Int(setsockopt(descriptor, SOL_SOCKET, option, &span, UInt32(MemoryLayout<timeval>.size)))
        }
    }
}
