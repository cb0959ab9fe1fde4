private import CLinux
private import Glibc

/// Words that a file system keeps with a file (xattr(7)); many have them, and where one has not, nothing is kept.
package enum FileAttributes {
    /// The value of an attribute of an open file. The corresponding call is fgetxattr(2).
    package static func value(of name: String, on descriptor: Int32) throws(Errno) -> [UInt8] {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
        defer { unsafe room.deallocate() }
        let count = try SystemCall.perform("fgetxattr", on: descriptor, arguments: "\(descriptor), \"\(name)\"") {
            unsafe Int(fgetxattr(descriptor, name, room.baseAddress, room.count))
        }
        return unsafe Array(room[..<count])
    }

    /// Sets an attribute of an open file. The corresponding call is fsetxattr(2).
    package static func set(_ name: String, to value: [UInt8], on descriptor: Int32) throws(Errno) {
        _ = try SystemCall.perform("fsetxattr", on: descriptor, arguments: "\(descriptor), \"\(name)\"") {
            unsafe value.withUnsafeBytes { unsafe Int(fsetxattr(descriptor, name, $0.baseAddress, $0.count, 0)) }
        }
    }

    /// The corresponding call is fremovexattr(2).
    package static func remove(_ name: String, from descriptor: Int32) throws(Errno) {
        _ = try SystemCall.perform("fremovexattr", on: descriptor, arguments: "\(descriptor), \"\(name)\"") {
            unsafe Int(fremovexattr(descriptor, name))
        }
    }
}
