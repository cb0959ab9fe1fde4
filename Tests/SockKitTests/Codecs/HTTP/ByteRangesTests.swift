import SockKit
import Testing

@Suite struct ByteRangesTests {
    @Test(arguments: [
        ("bytes=0-499", ByteRanges.parts([0..<500])), ("bytes=500-999", .parts([500..<1000])),
        ("bytes=-500", .parts([9500..<10000])), ("bytes=9500-", .parts([9500..<10000])),
        ("bytes=0-0,-1", .parts([0..<1, 9999..<10000])),
        ("bytes= 0-0, -1 ,4500-5499", .parts([0..<1, 9999..<10000, 4500..<5500])),
        ("bytes=500-600,601-999", .parts([500..<1000])), ("bytes=500-700,601-999", .parts([500..<1000])),
        ("bytes=601-999,0-1,500-700", .parts([500..<1000, 0..<2])), ("BYTES=0-0", .parts([0..<1])),
        ("bytes=0-99999999999999999999999", .parts([0..<10000])),
        ("bytes=-99999999999999999999999", .parts([0..<10000])),
        ("bytes=9999-9999", .parts([9999..<10000])), ("bytes=0-9223372036854775807", .parts([0..<10000])),
        ("bytes=10000-,0-1", .parts([0..<2])), ("bytes=,,0-1,", .parts([0..<2])),
        ("bytes=10000-", .unsatisfiable), ("bytes=10000-10001,20000-", .unsatisfiable), ("bytes=-0", .unsatisfiable),
        ("bytes=99999999999999999999999-", .unsatisfiable),
        ("", .whole), ("bytes", .whole), ("bytes=", .whole), ("bytes=,", .whole), ("bytes=abc-xyz", .whole),
        ("bytes=5", .whole), ("bytes=-", .whole), ("bytes=5-4", .whole), ("bytes=0-1,x", .whole),
        ("bytes=0--1", .whole),
        ("bytes=+0-1", .whole), ("bytes=0x0-1", .whole), ("bytes=0 - 1", .whole), ("items=0-1", .whole),
        ("bytes =0-1", .whole), ("bytes=1-2-3", .whole),
    ])
    func `a field asks for these parts of ten thousand bytes`(value: String, ranges: ByteRanges) {
        #expect(ByteRanges(value, size: 10000) == ranges)
    }

    @Test func `no field asks for the whole`() {
        #expect(ByteRanges(nil, size: 10) == .whole)
    }

    @Test func `an empty file has no parts`() {
        #expect(ByteRanges("bytes=0-", size: 0) == .unsatisfiable)
        #expect(ByteRanges("bytes=0-0,-5", size: 0) == .whole)
        #expect(ByteRanges("bytes=-5", size: 0) == .whole)
        #expect(ByteRanges("bytes=-0", size: 0) == .unsatisfiable)
    }

    @Test func `who asks for very many parts gets the whole, unless they are one`() {
        let apart = (0..<17).map { "\($0 * 2)-\($0 * 2)" }.joined(separator: ",")
        let overlapping = (0..<1000).map { "\($0)-" }.joined(separator: ",")
        #expect(ByteRanges("bytes=" + apart, size: 10000) == .whole)
        #expect(ByteRanges("bytes=" + overlapping, size: 10000) == .parts([0..<10000]))
    }

    @Test(arguments: [
        ("bytes 0-499/1234", ContentRange(0..<500, of: 1234)), ("bytes 42-1233/*", ContentRange(42..<1234, of: nil)),
        ("bytes */1234", ContentRange(nil, of: 1234)),
    ])
    func `a content range is read as it is written`(text: String, range: ContentRange) {
        #expect(ContentRange(text) == range)
        #expect("\(range)" == text)
    }

    @Test(arguments: [
        "", "bytes", "bytes 0-499", "bytes 0-499/", "bytes 0-499/x", "bytes 5-4/10", "bytes 0-10/10", "bytes */*",
        "items 0-1/2", "bytes=0-1/2", "bytes  0-1/2", "bytes -1/2", "bytes 0-/2", "bytes +0-1/2", "bytes 0-1/2/3",
        "bytes 0-9223372036854775807/*",
    ])
    func `what is no content range is none`(text: String) {
        #expect(ContentRange(text) == nil)
    }

    @Test func `parts are framed as the length says`() {
        let parts = ByteRangeParts([500..<1000, 7000..<8000], of: 8000, type: "application/pdf", boundary: "SEP")
        #expect(parts.contentType == "multipart/byteranges; boundary=SEP")
        let head = "\r\n--SEP\r\nContent-Type: application/pdf\r\nContent-Range: bytes 500-999/8000\r\n\r\n"
        #expect(String(decoding: parts.head(of: 500..<1000), as: UTF8.self) == head)
        let heads = parts.ranges.reduce(0) { $0 + parts.head(of: $1).count }
        // A file of holes may have any size.
        let huge = ByteRangeParts([0..<Int.max, 1..<Int.max], of: .max, type: "x/y", boundary: "SEP")
        #expect(huge.contentLength == nil)
        #expect(parts.contentLength == heads + 500 + 1000 + "\r\n--SEP--\r\n".utf8.count)
    }
}
