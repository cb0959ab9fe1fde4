private import CLinux
private import Glibc

/// Calls as programs made them before the kernel had flags and epoll(7): for who wants to see what they do. Nothing else
/// here uses them.
package enum PlainCalls {
    /// A protocol family or a type of socket with its constant's name.
    package struct Constant: Sendable {
        package let value: Int32
        package let name: String
    }

    package static let inet = Constant(value: AF_INET, name: "AF_INET")
    package static let unix = Constant(value: AF_UNIX, name: "AF_UNIX")
    package static let stream = Constant(value: Int32(SOCK_STREAM.rawValue), name: "SOCK_STREAM")
    package static let datagram = Constant(value: Int32(SOCK_DGRAM.rawValue), name: "SOCK_DGRAM")
    package static let sequenced = Constant(value: Int32(SOCK_SEQPACKET.rawValue), name: "SOCK_SEQPACKET")
    package static let raw = Constant(value: Int32(SOCK_RAW.rawValue), name: "SOCK_RAW")

    /// socket(2) with the three numbers and no flags: it blocks, and programs that are started inherit it.
    package static func socket(
        _ domain: Constant, _ type: Constant, protocol number: Int32 = 0
    ) throws(Errno) -> FileDescriptor {
        let made = try SystemCall.perform("socket", on: -1, arguments: "\(domain.name), \(type.name), \(number)") {
            Int(Glibc.socket(domain.value, type.value, number))
        }
        return FileDescriptor(adopting: Int32(made))
    }

    /// accept(2), which has no flags.
    package static func accept(_ descriptor: Int32) throws(Errno) -> FileDescriptor {
        let made = try SystemCall.perform("accept", on: descriptor, arguments: "\(descriptor), NULL") {
            Int(Glibc.accept(descriptor, nil, nil))
        }
        return FileDescriptor(adopting: Int32(made))
    }

    /// Another descriptor of the same open file, whose number is at least `least`.
    package static func duplicate(_ descriptor: Int32, atLeast least: Int32) throws(Errno) -> FileDescriptor {
        let made = try SystemCall.perform(
            "fcntl", on: descriptor, arguments: "\(descriptor), F_DUPFD_CLOEXEC, \(least)"
        ) {
            Int(fcntl(descriptor, F_DUPFD_CLOEXEC, least))
        }
        return FileDescriptor(adopting: Int32(made))
    }

    /// How many descriptors the C library's `fd_set` has room for (FD_SETSIZE).
    package static let selectLimit = MemoryLayout<fd_set>.size * 8

    /// Whether bytes wait, as select(2) sees it, with a set that is made as large as the descriptor needs it.
    package static func selectSaysReadable(_ descriptor: Int32) throws(Errno) -> Bool {
        let (word, bit) = (Int(descriptor) / UInt.bitWidth, UInt(descriptor) % UInt(UInt.bitWidth))
        var bits = [UInt](repeating: 0, count: max(word + 1, selectLimit / UInt.bitWidth))
        bits[word] |= 1 << bit
        var noTime = timeval()
        _ = try SystemCall.perform("select", on: descriptor, arguments: "\(descriptor + 1), {\(descriptor)}, 0 s") {
            unsafe bits.withUnsafeMutableBytes { set in
                unsafe Int(
                    Glibc.select(
                        descriptor + 1, set.baseAddress?.assumingMemoryBound(to: fd_set.self), nil, nil, &noTime))
            }
        }
        return bits[word] & 1 << bit != 0
    }

    /// What a descriptor of this process leads to, as `/proc/self/fd` has it: `socket:[4711]`.
    package static func linkTarget(of descriptor: Int32) throws(Errno) -> String {
        var room = [UInt8](repeating: 0, count: 4096)
        let path = "/proc/self/fd/\(descriptor)"
        let count = try SystemCall.perform("readlink", on: descriptor, arguments: "\"\(path)\"") {
            unsafe room.withUnsafeMutableBytes { bytes in
                unsafe readlink(path, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
            }
        }
        return String(decoding: room.prefix(count), as: UTF8.self)
    }
}
