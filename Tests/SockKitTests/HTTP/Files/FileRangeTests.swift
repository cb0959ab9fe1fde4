import SockKit
import Testing

/// Parts of files, and conditions.
@Suite(.timeLimit(.minutes(5))) struct FileRangeTests {
    private static let text = "0123456789abcdefghijklmnopqrstuvwxyz"

    @Netpoller
    private static func site() throws -> FileSite {
        let files = try FileSite()
        try files.make("a.txt", text)
        files.date("a.txt")
        return files
    }

    /// The tag and the date of the file, once nothing can happen to it any more that the tag would not tell.
    @Netpoller
    private static func validators(_ files: FileSite) async throws -> (tag: String, date: String) {
        while true {
            let answer = try await files.ask("/a.txt")
            let (tag, date) = (try #require(answer.fields["ETag"]), try #require(answer.fields["Last-Modified"]))
            if !tag.hasPrefix("W/") { return (tag, date) }
            await Netpoller.sleep(for: .milliseconds(1))
        }
    }

    @Test(arguments: [
        ("bytes=0-3", "0123", "bytes 0-3/36"), ("bytes=-4", "wxyz", "bytes 32-35/36"),
        ("bytes=30-", "uvwxyz", "bytes 30-35/36"), ("bytes=35-99", "z", "bytes 35-35/36"),
        ("bytes=-99", text, "bytes 0-35/36"), ("bytes=0-3,2-5", "012345", "bytes 0-5/36"),
        ("bytes=0-1,99-", "01", "bytes 0-1/36"),
    ])
    func `a range is a part of the file`(range: String, text: String, field: String) async throws {
        try await onLoop {
            let answer = try await Self.site().ask("/a.txt", "GET", ["Range: \(range)"])
            #expect(answer.status == 206 && answer.text == text)
            #expect(answer.fields["Content-Range"] == field)
            #expect(answer.fields["Content-Length"] == "\(text.utf8.count)")
        }
    }

    @Test(arguments: [
        "bytes=a-b", "lines=1-2", "bytes=5-3", "bytes",
        "bytes=" + (0..<40).map { "\($0 * 2)-\($0 * 2)" }.joined(separator: ","),
    ])
    func `what is no range, and what is too many, is passed over`(range: String) async throws {
        try await onLoop {
            let answer = try await Self.site().ask("/a.txt", "GET", ["Range: \(range)"])
            #expect(answer.status == 200 && answer.text == Self.text)
        }
    }

    @Test func `a range that is not there is told the size`() async throws {
        try await onLoop {
            let answer = try await Self.site().ask("/a.txt", "GET", ["Range: bytes=36-"])
            #expect(answer.status == 416 && answer.fields["Content-Range"] == "bytes */36" && answer.body.isEmpty)
        }
    }

    @Test func `HEAD has no ranges`() async throws {
        try await onLoop {
            let answer = try await Self.site().ask("/a.txt", "HEAD", ["Range: bytes=0-3"])
            #expect(answer.status == 200 && answer.fields["Content-Length"] == "36")
        }
    }

    @Test func `several ranges come in parts, each with its place`() async throws {
        try await onLoop {
            let answer = try await Self.site().ask("/a.txt", "GET", ["Range: bytes=0-1,10-11,-2"])
            #expect(answer.status == 206 && answer.fields["Content-Range"] == nil)
            let type = try #require(answer.fields["Content-Type"])
            let boundary = try #require(type.split(separator: "boundary=").last)
            #expect(type.hasPrefix("multipart/byteranges;") && boundary.count > 16)
            let parts = [("0-1", "01"), ("10-11", "ab"), ("34-35", "yz")].map { place, text in
                "\r\n--\(boundary)\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes \(place)/36\r\n\r\n\(text)"
            }
            #expect(answer.text == parts.joined() + "\r\n--\(boundary)--\r\n")
            #expect(answer.fields["Content-Length"] == "\(answer.body.count)")
        }
    }

    @Test func `a part of a large file begins where it should`() async throws {
        try await onLoop {
            let files = try FileSite()
            let bytes = noise(2_000_000)
            try files.make("a", bytes)
            let answer = try await files.ask("/a", "GET", ["Range: bytes=777777-1777776"])
            #expect(answer.status == 206 && answer.body == Array(bytes[777_777..<1_777_777]))
        }
    }

    @Test func `who has the file already gets no copy`() async throws {
        try await onLoop {
            let files = try Self.site()
            let (tag, date) = try await Self.validators(files)
            for field in [
                "If-None-Match: \(tag)", "If-None-Match: \"x\", \(tag)", "If-None-Match: *",
                "If-Modified-Since: \(date)",
            ] {
                let answer = try await files.ask("/a.txt", "GET", [field])
                #expect(answer.status == 304 && answer.body.isEmpty, "\(field)")
                #expect(answer.fields["ETag"] == tag && answer.fields["Content-Type"] == nil)
                #expect(try await files.ask("/a.txt", "HEAD", [field]).status == 304)
            }
            for field in [
                "If-None-Match: \"x\"", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT", "If-Match: \(tag)",
            ] {
                #expect(try await files.ask("/a.txt", "GET", [field]).status == 200, "\(field)")
            }
            // A tag counts for more than a date.
            let both = ["If-None-Match: \"x\"", "If-Modified-Since: \(date)"]
            #expect(try await files.ask("/a.txt", "GET", both).status == 200)
        }
    }

    @Test func `a condition that does not hold fails`() async throws {
        try await onLoop {
            let files = try Self.site()
            for field in ["If-Match: \"x\"", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT"] {
                let answer = try await files.ask("/a.txt", "GET", [field])
                #expect(answer.status == 412 && answer.body.isEmpty, "\(field)")
            }
        }
    }

    @Test func `If-Range takes the range only of the same version`() async throws {
        try await onLoop {
            let files = try Self.site()
            let range = "Range: bytes=0-3"
            let (tag, date) = try await Self.validators(files)
            for same in [tag, date] {
                #expect(try await files.ask("/a.txt", "GET", [range, "If-Range: \(same)"]).status == 206, "\(same)")
            }
            for other in ["\"x\"", "W/\(tag)", "Sun, 06 Nov 1994 08:49:37 GMT"] {
                #expect(try await files.ask("/a.txt", "GET", [range, "If-Range: \(other)"]).status == 200, "\(other)")
            }
        }
    }
}
