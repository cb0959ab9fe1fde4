private import CLinux
private import Glibc

/// Finding bytes among bytes, as fast as the C library does: many at a time.
package enum ByteSearch {
    /// Where `pattern` first begins in `bytes`, at `start` or behind it. The corresponding calls are memchr(3) and, for
    /// a pattern of several bytes, memmem(3), which takes linear time whatever the two look like.
    package static func first(_ pattern: [UInt8], in bytes: Span<UInt8>, from start: Int = 0) -> Int? {
        guard bytes.count - start >= pattern.count, let first = pattern.first else { return nil }
        return unsafe bytes.withUnsafeBytes { all in
            guard let base = all.baseAddress else { return nil }
            let from = unsafe base + start
            let left = bytes.count - start
            let found =
                pattern.count == 1
                ? unsafe UnsafeRawPointer(memchr(from, Int32(first), left))
                : unsafe pattern.withUnsafeBytes { wanted in
                    unsafe UnsafeRawPointer(memmem(from, UInt(left), wanted.baseAddress, UInt(wanted.count)))
                }
            return unsafe found.map { unsafe $0 - base }
        }
    }
}

extension Array<UInt8> {
    /// Appends bytes in one piece.
    @inline(__always)
    package mutating func append(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}

extension Span<UInt8> {
    /// The bytes in an array of their own.
    package var copied: [UInt8] { unsafe withUnsafeBytes { unsafe Array($0) } }
}
