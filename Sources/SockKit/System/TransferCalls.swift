private import CLinux
private import Glibc

/// The calls that move bytes. Each is one attempt: would-block is a value.
package enum TransferCalls {
    package static func receive(
        _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, peeking: Bool = false
    ) throws(Errno) -> Attempt<Int> {
        let flags = Int32(MSG_DONTWAIT) | (peeking ? Int32(MSG_PEEK) : 0)
        return try SystemCall.attempt("recv", on: descriptor, arguments: "\(descriptor), \(buffer.count) bytes") {
            unsafe recv(descriptor, buffer.baseAddress, SystemCall.room("recv", min(buffer.count, maximum)), flags)
        }
    }

    /// Whether a read would give something, without taking it: 0 is the end.
    package static func peek(_ descriptor: Int32) throws(Errno) -> Attempt<Int> {
        var byte: UInt8 = 0
        return try unsafe withUnsafeMutableBytes(of: &byte) { buffer throws(Errno) in
            try unsafe receive(descriptor, into: buffer, peeking: true)
        }
    }

    /// Throws received bytes away without copying them (MSG_TRUNC on a TCP socket, tcp(7)).
    package static func discard(_ descriptor: Int32, upTo count: Int) throws(Errno) -> Attempt<Int> {
        let flags = Int32(MSG_DONTWAIT) | Int32(MSG_TRUNC)
        return try SystemCall.attempt("recv", on: descriptor, arguments: "\(descriptor), \(count) bytes, MSG_TRUNC") {
            recv(descriptor, nil, SystemCall.room("recv", count), flags)
        }
    }

    package static func send(
        _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer
    ) throws(Errno) -> Attempt<Int> {
        let flags = Int32(MSG_DONTWAIT | MSG_NOSIGNAL)
        return try SystemCall.attempt("send", on: descriptor, arguments: "\(descriptor), \(bytes.count) bytes") {
            unsafe Glibc.send(descriptor, bytes.baseAddress, SystemCall.room("send", min(bytes.count, maximum)), flags)
        }
    }

    package static func send(
        _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, to endpoint: Endpoint, family: SocketFamily
    ) throws(Errno) -> Attempt<Int> {
        let address = try SocketAddress(endpoint, family: family)
        let flags = Int32(MSG_DONTWAIT | MSG_NOSIGNAL)
        return try SystemCall.attempt(
            "sendto", on: descriptor, arguments: "\(descriptor), \(bytes.count) bytes, \(endpoint)"
        ) {
            unsafe address.withPointer {
                unsafe sendto(descriptor, bytes.baseAddress, bytes.count, flags, $0, $1)
            }
        }
    }

    /// One datagram: how long it was, which may be more than the buffer held, and who sent it.
    package static func receiveFrom(
        _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer
    ) throws(Errno) -> Attempt<ReceivedDatagram> {
        var address = SocketAddress()
        let flags = Int32(MSG_DONTWAIT) | Int32(MSG_TRUNC)
        let outcome = try SystemCall.attempt(
            "recvfrom", on: descriptor, arguments: "\(descriptor), \(buffer.count) bytes, MSG_TRUNC"
        ) {
            unsafe address.withMutablePointer {
                unsafe recvfrom(descriptor, buffer.baseAddress, buffer.count, flags, $0, $1)
            }
        }
        switch outcome {
        case .wouldBlock: return .wouldBlock
        case .done(let length): return .done(ReceivedDatagram(length: length, source: address.endpoint))
        }
    }

    /// read(2), for descriptors that are not sockets.
    package static func read(
        _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer
    ) throws(Errno) -> Attempt<Int> {
        try SystemCall.attempt("read", on: descriptor, arguments: "\(descriptor), \(buffer.count) bytes") {
            unsafe Glibc.read(descriptor, buffer.baseAddress, SystemCall.room("read", min(buffer.count, maximum)))
        }
    }

    /// write(2), for descriptors that are not sockets.
    package static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(Errno) -> Attempt<Int> {
        try SystemCall.attempt("write", on: descriptor, arguments: "\(descriptor), \(bytes.count) bytes") {
            unsafe Glibc.write(descriptor, bytes.baseAddress, SystemCall.room("write", min(bytes.count, maximum)))
        }
    }

    /// Moves bytes between a pipe and another descriptor inside the kernel. The corresponding call is splice(2).
    package static func splice(
        from source: Int32, to target: Int32, upTo count: Int, more: Bool = false
    ) throws(Errno) -> Attempt<Int> {
        let flags = UInt32(SK_SPLICE_F_NONBLOCK | SK_SPLICE_F_MOVE) | (more ? UInt32(SK_SPLICE_F_MORE) : 0)
        return try SystemCall.attempt(
            "splice", on: source, arguments: "\(source), \(target), \(count), SPLICE_F_NONBLOCK"
        ) {
            CLinux.splice(source, nil, target, nil, UInt(SystemCall.room("splice", count)), flags)
        }
    }

    /// Has a second pipe hold what a first one does, without copying it or taking it out. The corresponding call is tee(2).
    package static func tee(from source: Int32, to target: Int32, upTo count: Int) throws(Errno) -> Attempt<Int> {
        try SystemCall.attempt("tee", on: source, arguments: "\(source), \(target), \(count), SPLICE_F_NONBLOCK") {
            CLinux.tee(source, target, UInt(SystemCall.room("tee", count)), UInt32(SK_SPLICE_F_NONBLOCK))
        }
    }

    /// Sends from a file's own position. The corresponding call is sendfile(2).
    package static func sendFile(from file: Int32, to socket: Int32, upTo count: Int) throws(Errno) -> Attempt<Int> {
        try SystemCall.attempt("sendfile", on: socket, arguments: "\(socket), \(file), \(count)") {
            sendfile(socket, file, nil, SystemCall.room("sendfile", count))
        }
    }

    /// Sends from a place of a file that has nothing to do with its position, which stays. 0 is the file's end.
    package static func sendFile(
        from file: Int32, at offset: Int, to socket: Int32, upTo count: Int
    ) throws(Errno) -> Attempt<Int> {
        try SystemCall.attempt("sendfile", on: socket, arguments: "\(socket), \(file), \(offset), \(count)") {
            var place = off_t(offset)
            return unsafe sendfile(socket, file, &place, SystemCall.room("sendfile", count))
        }
    }

    /// One call moves at most this much, as in Go: some kernels refuse more, and a turn must end some time.
    private static let maximum = 1 << 30
}

package struct ReceivedDatagram: Sendable {
    /// As sent; more than the buffer held means that the rest is gone.
    package let length: Int
    package let source: Endpoint
}
