import Glibc
import Testing

/// The release build is what Package.swift says of hardening. A debug build, as the suite's own, is linked without that.
@Suite struct HardeningTests {
    static let release = Repository.path(".build/release/sockctl")
    private static let isBuilt = unsafe access(release, R_OK) == 0

    @Test(.enabled(if: isBuilt, "needs a release build: swift build -c release"))
    func `the program is position independent, its tables are read-only and its stack is not executable`() throws {
        let image = try #require(ELFImage(Self.release), "it is no program of 64 bits")
        #expect(image.weaknesses == [])
    }

    @Test func `what is not bound at the start is found in a build that has no such flags`() throws {
        // What the linker does by itself is position independent, too, and more is not asked of it.
        guard let path = Binary.sockctl, path.contains("/debug/") else { return }
        let weaknesses = try #require(ELFImage(path)).weaknesses
        #expect(weaknesses == ["its symbols are not bound at the start"])
    }

    @Test func `each weakness is seen`() throws {
        #expect(weaknesses() == [])
        #expect(weaknesses(type: 2) == ["it is not position independent"])
        #expect(weaknesses(pie: 0) == ["it is not position independent"])
        #expect(weaknesses(relro: 0) == ["its tables stay writable"])
        #expect(weaknesses(now: 0) == ["its symbols are not bound at the start"])
        #expect(weaknesses(stack: 7) == ["its stack is executable"])
        #expect(weaknesses(code: 7) == ["a part of it is both writable and executable"])
        #expect(weaknesses(flags: 4) == ["its code is changed when it is loaded"])
        #expect(ELFImage { _, count in [UInt8](repeating: 0, count: count) } == nil)
    }

    /// Those of the smallest program that has none, but for what is said.
    private func weaknesses(
        type: UInt16 = 3, pie: UInt64 = 0x0800_0000, relro: UInt32 = 0x6474_e552, now: UInt64 = 1, stack: UInt32 = 6,
        code: UInt32 = 5, flags: UInt64 = 0
    ) -> [String]? {
        let segments: [(UInt32, UInt32)] = [(1, code), (1, 6), (2, 6), (relro, 4), (0x6474_e551, stack)]
        let tags: [(UInt64, UInt64)] = [(30, flags), (0x6fff_fffb, pie | now), (0, 0)]
        let dynamic = tags.flatMap { Self.bytes($0.0, 8) + Self.bytes($0.1, 8) }
        var file: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1] + [UInt8](repeating: 0, count: 10)
        file += Self.bytes(UInt64(type), 2) + [UInt8](repeating: 0, count: 14) + Self.bytes(64, 8)
        file += [UInt8](repeating: 0, count: 14) + Self.bytes(56, 2) + Self.bytes(UInt64(segments.count), 2)
        file += [UInt8](repeating: 0, count: 64 - file.count)
        let end = UInt64(64 + 56 * segments.count)
        for (type, flags) in segments {
            file += Self.bytes(UInt64(type), 4) + Self.bytes(UInt64(flags), 4) + Self.bytes(end, 8)
            file += [UInt8](repeating: 0, count: 16) + Self.bytes(UInt64(dynamic.count), 8)
            file += [UInt8](repeating: 0, count: 16)
        }
        file += dynamic
        let image = ELFImage { offset, count in
            Int(offset) + count <= file.count ? Array(file[Int(offset)..<Int(offset) + count]) : nil
        }
        return image?.weaknesses
    }

    private static func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }
}
