import SockKit
import Testing

@Suite struct InputFramerTests {
    /// What goes out for these reads of an input, and the error that ended it.
    private static func frames(_ reads: [String], _ rules: FrameRules) -> (bytes: String, error: String?) {
        var framer = InputFramer(rules)
        var frames: [UInt8] = []
        var failure: String?
        do throws(NetworkError) {
            for read in reads {
                let bytes = Array(read.utf8)
                try framer.push(bytes.span, into: &frames)
            }
            try framer.finish(into: &frames)
        } catch {
            failure = "\(error.code): \(error)"
        }
        return (String(decoding: frames, as: UTF8.self), failure)
    }

    private static let length = FrameRules(.length(.init(width: 1)))

    @Test func `each line is a message, an empty and an unterminated one too`() {
        let result = Self.frames(["one\ntw", "o\n\nthr", "ee"], Self.length)
        #expect(result.bytes == "\u{3}one\u{3}two\u{0}\u{5}three" && result.error == nil)
    }

    @Test func `a line is refused by its number, and those before it go`() {
        var rules = Self.length
        rules.maximum = 3
        let result = Self.frames(["one\ntwo\nthree\n"], rules)
        #expect(result.bytes == "\u{3}one\u{3}two")
        #expect(result.error == "limit: read: line 3 of standard input is longer than the limit of 3 bytes")
        let comma = Self.frames(["one\nt,wo\nthree"], FrameRules(.delimiter(Array(",".utf8))))
        #expect(comma.bytes == "one,")
        #expect(comma.error?.hasPrefix("frame: read: line 2 of standard input has at byte 1 the delimiter") == true)
    }

    @Test func `all of the input is one message, unless there is none`() {
        var rules = Self.length
        rules.sendsWhole = true
        #expect(Self.frames(["one\n", "two"], rules).bytes == "\u{7}one\ntwo")
        #expect(Self.frames([], rules).bytes.isEmpty)
        rules.maximum = 6
        let result = Self.frames(["one\n", "two"], rules)
        #expect(result.bytes.isEmpty)
        #expect(result.error == "limit: read: standard input is longer than the limit of 6 bytes")
    }
}
