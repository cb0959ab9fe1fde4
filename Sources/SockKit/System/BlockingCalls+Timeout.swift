private import Glibc

/// Waiting that the kernel limits.
extension BlockingCalls {
    /// recv(2) on a socket that is made to wait at most this long (SO_RCVTIMEO, socket(7)). EAGAIN says it was too long.
    package static func receive(_ descriptor: Int32, upTo count: Int, timeout: Duration) throws(Errno) -> Int {
        try setBlocking(true, descriptor)
        try limit(SO_RCVTIMEO, "SO_RCVTIMEO", descriptor, to: timeout)
        var bytes = [UInt8](repeating: 0, count: count)
        var buffer = bytes.mutableSpan
        let outcome = try unsafe buffer.withUnsafeMutableBytes { room throws(Errno) in
            try unsafe receive(descriptor, into: room)
        }
        guard case .done(let received) = outcome else { throw .wouldBlock }
        return received
    }
}

extension TransferCalls {
    /// recv(2) with no room at all.
    package static func receiveNothing(_ descriptor: Int32) throws(Errno) -> Attempt<Int> {
        try SystemCall.attempt("recv", on: descriptor, arguments: "\(descriptor), 0 bytes") {
            recv(descriptor, nil, 0, Int32(MSG_DONTWAIT))
        }
    }
}
