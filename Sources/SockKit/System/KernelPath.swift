/// A path as the kernel takes it, with the zero byte at its end: made once for many calls.
package struct KernelPath: Sendable, Hashable, CustomStringConvertible {
    private let bytes: [UInt8]

    /// A zero byte inside would end the path there, which is another path: it must not have one.
    package init(_ path: some Sequence<UInt8>) {
        var bytes = Array(path)
        precondition(!bytes.contains(0))
        bytes.append(0)
        self.bytes = bytes
    }

    package init(_ text: StaticString) {
        self.init("\(text)".utf8)
    }

    /// The same path with something behind its last name.
    package func appending(_ suffix: StaticString) -> KernelPath {
        KernelPath(bytes.dropLast() + "\(suffix)".utf8)
    }

    /// For people; what is not UTF-8 shows as U+FFFD.
    package var description: String { String(decoding: bytes.dropLast(), as: UTF8.self) }

    @inline(__always)
    func withPointer(_ body: (UnsafePointer<CChar>) -> Int) -> Int {
        unsafe bytes.withUnsafeBufferPointer { room in
            unsafe room.withMemoryRebound(to: CChar.self) { unsafe body($0.baseAddress!) }
        }
    }
}
