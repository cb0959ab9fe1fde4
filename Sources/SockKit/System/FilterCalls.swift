private import CLinux
private import Glibc

/// One instruction of a classic socket filter, bpf(4): struct sock_filter.
package struct FilterInstruction: Sendable, Hashable {
    let code: UInt16
    /// How many instructions are skipped where a comparison holds, and where it does not.
    let whenTrue: UInt8
    let whenFalse: UInt8
    let value: UInt32

    private init(_ code: UInt16, _ value: UInt32, _ whenTrue: UInt8 = 0, _ whenFalse: UInt8 = 0) {
        (self.code, self.value, self.whenTrue, self.whenFalse) = (code, value, whenTrue, whenFalse)
    }

    /// Where the IP header begins, for the loads that follow (SKF_NET_OFF); 0 is the TCP header.
    package static let network = UInt32(bitPattern: -0x100000)

    package static func loadByte(_ offset: UInt32) -> Self { Self(0x30, offset) }
    package static func loadHalf(_ offset: UInt32) -> Self { Self(0x28, offset) }
    package static func loadWord(_ offset: UInt32) -> Self { Self(0x20, offset) }
    package static func and(_ mask: UInt32) -> Self { Self(0x54, mask) }
    /// Compares, and skips so many instructions.
    package static func skip(ifEqual value: UInt32, _ whenTrue: UInt8, otherwise whenFalse: UInt8) -> Self {
        Self(0x15, value, whenTrue, whenFalse)
    }
    package static let accept = Self(0x06, .max)
    package static let drop = Self(0x06, 0)
}

/// Filters of what arrives at a socket; anybody may set one on a socket of his own.
package enum FilterCalls {
    /// struct sock_fprog.
    @unsafe private struct Program {
        let count: UInt16
        let first: UnsafePointer<FilterInstruction>
    }

    /// Puts a program in the place of the one that the socket had.
    package static func attach(_ program: [FilterInstruction], to descriptor: Int32) throws(Errno) {
        _ = try SystemCall.perform(
            "setsockopt", on: descriptor,
            arguments: "\(descriptor), SOL_SOCKET, SO_ATTACH_FILTER, \(program.count) instructions"
        ) {
            unsafe program.withUnsafeBufferPointer { instructions in
                guard let first = instructions.baseAddress else { return 0 }
                var value = unsafe Program(count: UInt16(instructions.count), first: first)
                return unsafe Int(
                    setsockopt(
                        descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &value, UInt32(MemoryLayout<Program>.size)))
            }
        }
    }

    /// Lets all through again. A socket without a filter stays as it is.
    package static func detach(from descriptor: Int32) throws(Errno) {
        var none: Int32 = 0
        do throws(Errno) {
            _ = try SystemCall.perform(
                "setsockopt", on: descriptor, arguments: "\(descriptor), SOL_SOCKET, SO_DETACH_FILTER"
            ) {
                unsafe Int(
                    setsockopt(descriptor, SOL_SOCKET, SO_DETACH_FILTER, &none, UInt32(MemoryLayout<Int32>.size)))
            }
        } catch {
            // ENOENT is what a socket without one gives.
            if error != .noSuchFile { throw error }
        }
    }

    /// How many packets the socket has thrown away so far, those of its filter among them (SO_MEMINFO, SK_MEMINFO_DROPS).
    package static func drops(of descriptor: Int32) throws(Errno) -> UInt32 {
        var values = [UInt32](repeating: 0, count: 9)
        var size = UInt32(values.count * MemoryLayout<UInt32>.size)
        _ = try SystemCall.perform(
            "getsockopt", on: descriptor, arguments: "\(descriptor), SOL_SOCKET, SO_MEMINFO"
        ) {
            unsafe values.withUnsafeMutableBytes { bytes in
                unsafe Int(getsockopt(descriptor, SOL_SOCKET, SO_MEMINFO, bytes.baseAddress, &size))
            }
        }
        return values[8]
    }
}
