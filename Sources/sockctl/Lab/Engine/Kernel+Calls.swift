import SockKit

/// What `/proc` says of descriptors.
extension Kernel {
    /// The flags of an open file as proc(5) shows them, in octal; empty where it shows none.
    @discardableResult
    func flags(of descriptor: Int32, called name: String) -> DescriptorFlags {
        let source = "/proc/self/fdinfo/\(descriptor)"
        let text = (try? FileCalls.contents(of: source)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("flags:") }
        let octal = line?.split(separator: "\t").last.map(String.init) ?? ""
        let flags = DescriptorFlags(octal: octal)
        says("\(name): flags \(octal) = \(flags.description)", source: source)
        return flags
    }
}

/// The flags that open(2) and fcntl(2) know, of one descriptor.
struct DescriptorFlags: CustomStringConvertible {
    let octal: String
    private let bits: Int

    init(octal: String) {
        self.octal = octal
        bits = Int(octal, radix: 8) ?? 0
    }

    var isNonBlocking: Bool { bits & 0o4000 != 0 }
    var isCloseOnExec: Bool { bits & 0o2000000 != 0 }

    var description: String {
        let names = ["O_RDWR", isNonBlocking ? "O_NONBLOCK" : nil, isCloseOnExec ? "O_CLOEXEC" : nil]
        return names.compactMap { $0 }.joined(separator: "|")
    }
}
