private import CLinux
private import Glibc

/// Memory for one recvmmsg(2): room for so many messages, their senders and what the kernel says beside them.
///
/// The memory is touched only as far as messages reach into it, so wide rooms for small datagrams cost nothing.
@safe package final class ReceiveVector {
    package let capacity: Int
    /// What is kept of one message; the rest of a longer one is gone.
    package let room: Int
    private let controlRoom: Int
    private let stride: Int
    private let headers: UnsafeMutablePointer<sk_mmsghdr>
    private let pieces: UnsafeMutablePointer<iovec>
    private let names: UnsafeMutablePointer<sockaddr_storage>
    private let controls: UnsafeMutableRawPointer
    private let bytes: UnsafeMutableRawPointer
    /// How many headers the last call may have changed.
    private var used: Int
    private(set) package var count = 0

    /// With `hasControl` the kernel's control messages are kept; which there are is a matter of the socket's options.
    package init(capacity: Int, room: Int, hasControl: Bool) {
        self.capacity = capacity
        self.room = room
        used = capacity
        controlRoom = hasControl ? 192 : 0
        // An odd number of cache lines: rooms a power of two apart would share a few sets of every cache.
        stride = (room + 127) / 128 * 128 + 64
        unsafe headers = .allocate(capacity: capacity)
        unsafe pieces = .allocate(capacity: capacity)
        unsafe names = .allocate(capacity: capacity)
        unsafe controls = .allocate(byteCount: max(1, capacity * controlRoom), alignment: 16)
        unsafe bytes = .allocate(byteCount: capacity * stride, alignment: 64)
        unsafe headers.initialize(repeating: sk_mmsghdr(), count: capacity)
        unsafe names.initialize(repeating: sockaddr_storage(), count: capacity)
        for index in 0..<capacity {
            unsafe (pieces + index).initialize(to: iovec(iov_base: bytes + index * stride, iov_len: room))
            unsafe headers[index].pieces = pieces + index
            unsafe headers[index].piece_count = 1
            unsafe headers[index].name = UnsafeMutableRawPointer(names + index)
            if hasControl { unsafe headers[index].control = controls + index * controlRoom }
        }
    }

    deinit {
        unsafe headers.deallocate()
        unsafe pieces.deallocate()
        unsafe names.deallocate()
        unsafe controls.deallocate()
        unsafe bytes.deallocate()
    }

    /// Takes what is there, at most `limit` messages. The corresponding call is recvmmsg(2).
    package func receive(_ descriptor: Int32, limit: Int) throws(Errno) -> Attempt<Int> {
        let limit = min(limit, capacity)
        for index in 0..<used {
            unsafe headers[index].name_length = UInt32(MemoryLayout<sockaddr_storage>.size)
            unsafe headers[index].control_length = UInt(controlRoom)
        }
        count = 0
        used = limit
        let outcome = try SystemCall.attempt(
            "recvmmsg", on: descriptor,
            arguments: "\(descriptor), \(summary), \(limit), MSG_DONTWAIT|MSG_TRUNC|MSG_CMSG_CLOEXEC"
        ) {
            let flags = Int32(MSG_DONTWAIT) | Int32(MSG_TRUNC) | Int32(MSG_CMSG_CLOEXEC)
            let result = unsafe Int(recvmmsg(descriptor, headers, UInt32(limit), flags, nil))
            count = max(0, result)
            return result
        }
        if controlRoom > 0 { closePassed() }
        return outcome
    }

    /// Closes the descriptors that came beside messages: nobody asked for them, and they would stay open for ever.
    private func closePassed() {
        for index in 0..<count {
            unsafe ControlMessages.each(controlArea(of: index)) { level, type, data in
                guard level == SOL_SOCKET, type == Int32(SCM_RIGHTS) else { return }
                for offset in Swift.stride(from: 0, to: data.count, by: MemoryLayout<Int32>.size) {
                    let number = unsafe data.loadUnaligned(fromByteOffset: offset, as: Int32.self)
                    _ = FileDescriptor(adopting: number)
                }
            }
        }
    }

    /// Holds a message that came another way, cut as one that the kernel gives, and no other.
    package func hold(_ message: Span<UInt8>, from source: Endpoint, family: SocketFamily) throws(Errno) {
        let address = try SocketAddress(source, family: family)
        let kept = min(message.count, room)
        unsafe message.withUnsafeBytes { source in
            unsafe UnsafeMutableRawBufferPointer(start: bytes, count: kept)
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<kept]))
        }
        unsafe names[0] = address.raw
        unsafe headers[0].name_length = address.length
        unsafe headers[0].length = UInt32(message.count)
        unsafe headers[0].control_length = 0
        (count, used) = (1, max(used, 1))
    }

    /// How long a message was; more than `room` if it was cut.
    @inline(__always)
    package func length(of index: Int) -> Int { unsafe Int(headers[index].length) }

    package func source(of index: Int) -> Endpoint {
        unsafe SocketAddress(copying: names[index], length: headers[index].name_length).endpoint
    }

    package func control(of index: Int) -> DatagramControl {
        unsafe ControlMessages.datagram(controlArea(of: index))
    }

    private func controlArea(of index: Int) -> UnsafeRawBufferPointer {
        let length = unsafe Int(headers[index].control_length)
        return unsafe UnsafeRawBufferPointer(start: controls + index * controlRoom, count: min(length, controlRoom))
    }

    /// Lends `count` bytes of a message from an offset on.
    @inline(__always)
    package func withBytes<Result>(
        of index: Int, from offset: Int, count: Int, _ body: (Span<UInt8>) -> Result
    ) -> Result {
        let start = unsafe (bytes + index * stride + offset).assumingMemoryBound(to: UInt8.self)
        return unsafe body(Span(_unsafeStart: start, count: count))
    }

    /// Adds bytes of a message to others.
    @inline(__always)
    package func append(_ index: Int, from offset: Int, count: Int, to output: inout [UInt8]) {
        unsafe output.append(
            contentsOf: UnsafeRawBufferPointer(start: bytes + index * stride + offset, count: count))
    }

    private var summary: String {
        let shown = (0..<min(count, 4)).map { "{\(source(of: $0)), \(length(of: $0)) bytes}" }
        return "[" + (shown + (count > 4 ? ["... \(count) in all"] : [])).joined(separator: ", ") + "]"
    }
}
