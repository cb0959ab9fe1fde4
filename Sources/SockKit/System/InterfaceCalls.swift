private import CLinux
private import Glibc

/// The kernel's numbers for network interfaces.
package enum InterfaceCalls {
    /// The number of an interface that was named by its name or its number, which for the kernel is an int.
    package static func number(_ text: String) throws(Errno) -> UInt32 {
        if let number = UInt32(text), number <= Int32.max { return number }
        return try index(of: text)
    }

    package static func index(of name: String) throws(Errno) -> UInt32 {
        let index = unsafe if_nametoindex(name)
        guard index != 0 else { throw .noSuchInterface }
        return index
    }

    package static func name(of index: UInt32) -> String {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(IF_NAMESIZE)) { room in
            guard let base = room.baseAddress, unsafe if_indextoname(index, base) != nil else { return "\(index)" }
            return unsafe String(cString: base)
        }
    }
}
