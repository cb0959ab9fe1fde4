import SockKit
import Testing

@testable import sockctl

@Suite struct HTTPEventTests {
    private static let plain = Terminal(2, isTerminal: false, color: .never)

    @Test func `people read heads line by line and what an exchange took in a sentence`() {
        let expected = [
            "> GET /time HTTP/1.1\n> Host: x\n> X-Odd: a\\x07b", "< HTTP/1.1 204 No Content\n< Date: now",
            """
            200 OK, 20 bytes, in 1.02 ms on new connection 1, which is kept: resolve 385 µs, connect 120 µs, \
            send 15 µs, first byte 400 µs, body 100 µs
            """,
            """
            404, 4.0 KiB in chunks, in 2.00 ms on reused connection 1 through the proxy http://proxy:3128/, idle for \
            3.00 s, which is closed: one side said close: tls 500 µs, wait 500 µs, first byte 1.00 ms
            """,
            "no answer in 2.00 ms", "302 leads to http://x/next: GET there",
            "302 is not followed: it has no Location",
            """
            not tried again: GET http://x/: 503 Busy asks for a wait of 1h 00m 00s, and the time limit allows 5.00 s
            """,
            "the server had closed connection 3 meanwhile: the request is sent again on another",
            "page has 12 bytes, and the rest follows", "page is written anew: the server sends all of it",
            "page is whole already, with 12 bytes",
            "12 of 300 bytes of it are in page; to go on with it, add --continue (-C -)",
            "1 byte of it is in page; to go on with it, add --continue (-C -)",
            "4 of 10 bytes of it are in page",
        ]
        let lines = EventSamples.httpGet.map { $0.text(on: Self.plain) }
        for (line, sentence) in zip(lines, expected) { #expect(line == sentence) }
        #expect(lines.count == expected.count)
    }

    @Test func `on a terminal each phase has a bar where it began, and together they are the whole`() {
        let terminal = Terminal(-1, isTerminal: true, color: .never, term: "xterm", locale: "C.UTF-8")
        let lines = EventSamples.answered.text(on: terminal).split(separator: "\n").map(String.init)
        #expect(lines.count == 6)
        #expect(lines[0] == "200 OK, 20 bytes, in 1.02 ms on new connection 1, which is kept")
        let bars = lines.dropFirst().map { line in
            (
                start: line.firstIndex { "█▏".contains($0) }.map { line.distance(from: line.startIndex, to: $0) },
                length: line.filter { $0 == "█" }.count
            )
        }
        #expect(lines[1].hasPrefix("  resolve     385 µs  █"))
        #expect(lines[5].hasPrefix("  body        100 µs  "))
        for (bar, next) in zip(bars, bars.dropFirst()) {
            #expect((next.start ?? 0) - (bar.start ?? 0) - bar.length <= 1, "\(lines)")
        }
        #expect(bars[3].length > bars[1].length * 2)
        #expect(lines.allSatisfy { $0.count < 80 })
    }

    @Test func `programs read the same as objects`() {
        func json(_ index: Int) -> String { sockctl::JSONValue.object(EventSamples.httpGet[index].members).text }
        #expect(
            json(0) == """
                {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","method":"GET",\
                "target":"/time","version":"HTTP/1.1","fields":[{"name":"Host","value":"x"},\
                {"name":"X-Odd","value":"a\\u0007b"}]}
                """)
        #expect(
            json(2) == """
                {"connection":1,"network":"tcp","local":"127.0.0.1:3000","remote":"127.0.0.1:40112","bytes":20,\
                "method":"GET","url":"http://x/time","status":200,"reused":false,"resolve_seconds":0.000385,\
                "connect_seconds":0.00012,"send_seconds":1.5e-05,"first_byte_seconds":0.0004,"body_seconds":0.0001,\
                "seconds":0.00102,"body_framing":"length","connection_kept":true}
                """)
    }
}
