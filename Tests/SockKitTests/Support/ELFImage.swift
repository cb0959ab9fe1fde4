import Glibc

/// What the kernel and the loader make of a program of 64 bits, by its file (elf(5)).
struct ELFImage: Sendable {
    /// A part of the file that is to be in memory, or a note about all of it.
    struct Segment: Sendable, Hashable {
        let type: UInt32
        let flags: UInt32
        let offset: UInt64
        let size: UInt64

        var isWritable: Bool { flags & 2 != 0 }
        var isExecutable: Bool { flags & 1 != 0 }
    }

    private let type: UInt16
    private let segments: [Segment]
    /// Tags and values of the dynamic section.
    private let entries: [(tag: UInt64, value: UInt64)]

    /// Reads a file; nil where it is none of 64 bits and this byte order.
    init?(_ path: String) {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        self.init { offset, count in
            var bytes = [UInt8](repeating: 0, count: count)
            let got = unsafe pread(file, &bytes, count, off_t(offset))
            return got == count ? bytes : nil
        }
    }

    /// Reads an image of which `part` gives so many bytes from a place.
    init?(_ part: (_ offset: UInt64, _ count: Int) -> [UInt8]?) {
        guard let head = part(0, 64), head.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]) else { return nil }
        type = UInt16(Self.number(head, 16, 2))
        let (start, size, count) = (Self.number(head, 32, 8), Int(Self.number(head, 54, 2)), Self.number(head, 56, 2))
        guard size >= 56, let table = part(start, size * Int(count)) else { return nil }
        segments = (0..<Int(count)).map { index in
            let row = index * size
            return Segment(
                type: UInt32(Self.number(table, row, 4)), flags: UInt32(Self.number(table, row + 4, 4)),
                offset: Self.number(table, row + 8, 8), size: Self.number(table, row + 32, 8))
        }
        // PT_DYNAMIC
        let dynamic = segments.first { $0.type == 2 }.flatMap { part($0.offset, Int($0.size)) } ?? []
        entries = stride(from: 0, to: dynamic.count - 15, by: 16)
            .map { (Self.number(dynamic, $0, 8), Self.number(dynamic, $0 + 8, 8)) }
            .prefix { $0.0 != 0 }.map { (tag: $0.0, value: $0.1) }
    }

    private static func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> UInt64 {
        bytes[start..<start + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func has(_ tag: UInt64, _ bits: UInt64 = .max) -> Bool {
        entries.contains { $0.tag == tag && (bits == .max || $0.value & bits != 0) }
    }

    /// What is not as it should be in a program that strangers talk to; empty where all is.
    var weaknesses: [String] {
        var found: [String] = []
        // ET_DYN; DF_1_PIE in DT_FLAGS_1 tells a program from a library.
        if type != 3 || !has(0x6fff_fffb, 0x0800_0000) { found.append("it is not position independent") }
        // PT_GNU_RELRO
        if !segments.contains(where: { $0.type == 0x6474_e552 }) { found.append("its tables stay writable") }
        // DT_BIND_NOW; DF_BIND_NOW in DT_FLAGS, DF_1_NOW in DT_FLAGS_1: without it the tables are filled while it runs.
        if !has(24), !has(30, 8), !has(0x6fff_fffb, 1) { found.append("its symbols are not bound at the start") }
        // PT_GNU_STACK: where it is missing, the kernel's default counts.
        let stack = segments.first { $0.type == 0x6474_e551 }
        if stack?.isExecutable ?? true { found.append("its stack is executable") }
        // PT_LOAD
        if segments.contains(where: { $0.type == 1 && $0.isWritable && $0.isExecutable }) {
            found.append("a part of it is both writable and executable")
        }
        // DT_TEXTREL, also DF_TEXTREL in DT_FLAGS.
        if has(22) || has(30, 4) { found.append("its code is changed when it is loaded") }
        return found
    }
}
