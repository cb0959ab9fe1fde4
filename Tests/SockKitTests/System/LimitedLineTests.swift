@testable import SockKit
import Testing

/// The first line of a file, of which nobody knows how long it is.
@Suite struct LimitedLineTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func firstLine(_ bytes: [UInt8], atMost most: Int) throws -> String {
        let path = "\(directory.path)/file"
        try writeFile(path, bytes)
        return String(decoding: try FileCalls.firstLine(of: ByteString(path), atMost: most), as: UTF8.self)
    }

    @Test func `it is what stands before the first end of a line, and all where there is none`() throws {
        for text in ["a:b\nc:d\n", "a:b\r\nc:d", "a:b", "a:b\n"] {
            #expect(try firstLine(Array(text.utf8), atMost: 4) == "a:b")
        }
        #expect(try firstLine([], atMost: 0) == "")
        // Whatever comes behind it.
        let long = String(repeating: "x", count: 5000)
        #expect(try firstLine(Array("\(long)\n\(long)\(long)".utf8), atMost: 5000) == long)
    }

    @Test func `one that is too long is no line`() throws {
        #expect(throws: Errno.fileTooLarge) { try firstLine(Array(repeating: 0, count: 5001), atMost: 5000) }
        #expect(throws: Errno.fileTooLarge) {
            _ = try FileCalls.firstLine(of: "/dev/zero", atMost: 64 << 10)
        }
    }
}
