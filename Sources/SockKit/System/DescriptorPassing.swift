private import CLinux
private import Glibc

/// Descriptors that travel over a Unix socket (SCM_RIGHTS, unix(7)).
package enum DescriptorPassing {
    /// Sends a descriptor, and beside it one byte: a message of nothing but rights would be none. The corresponding call is
    /// sendmsg(2).
    package static func send(_ passed: Int32, over socket: Int32) throws(Errno) -> Attempt<Int> {
        var byte: UInt8 = 0
        let room = UnsafeMutableRawBufferPointer.allocate(
            byteCount: ControlMessages.space(MemoryLayout<Int32>.size), alignment: 8)
        defer { unsafe room.deallocate() }
        unsafe room.initializeMemory(as: UInt8.self, repeating: 0)
        let length = unsafe ControlMessages.write(SOL_SOCKET, Int32(SCM_RIGHTS), passed, at: 0, of: room)
        return try SystemCall.attempt(
            "sendmsg", on: socket, arguments: "\(socket), {1 byte, SCM_RIGHTS [\(passed)]}, MSG_DONTWAIT|MSG_NOSIGNAL"
        ) {
            unsafe withUnsafeMutablePointer(to: &byte) { byte in
                var piece = unsafe iovec(iov_base: byte, iov_len: 1)
                return unsafe withUnsafeMutablePointer(to: &piece) { piece in
                    var message = unsafe msghdr()
                    unsafe message.msg_iov = piece
                    unsafe message.msg_iovlen = 1
                    unsafe message.msg_control = room.baseAddress
                    unsafe message.msg_controllen = length
                    return unsafe sendmsg(socket, &message, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
                }
            }
        }
    }
}
