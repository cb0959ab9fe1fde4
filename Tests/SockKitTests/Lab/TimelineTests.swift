import SockKit
import Testing

@testable import sockctl

@Suite struct TimelineTests {
    /// A client that dials twice while the server accepts, what the kernel says of it, and one thing that only follows.
    private let timeline: Timeline = {
        var timeline = Timeline()
        timeline.begin(step: "A client <dials> & waits", at: .zero)
        let dial = timeline.add(
            Timeline.Entry(lane: .client, kind: .call, text: "dial port 3000", start: .milliseconds(1)))
        let accept = timeline.add(
            Timeline.Entry(lane: .server, kind: .call, text: "accept", start: .milliseconds(2)))
        timeline.finish(accept, at: .milliseconds(3), "from port 40000", failed: false)
        _ = timeline.add(
            Timeline.Entry(
                lane: .kernel, kind: .fact, text: "accept queue: 1 waiting, limit 128", start: .milliseconds(4),
                end: .milliseconds(4), source: "TCP_INFO"))
        timeline.finish(dial, at: .milliseconds(1500), "connection refused (ECONNREFUSED)", failed: true)
        _ = timeline.add(
            Timeline.Entry(
                lane: .kernel, kind: .inferred, text: "the SYN was dropped", start: .milliseconds(1501),
                end: .milliseconds(1501)))
        return timeline
    }()

    private func drawn(_ terminal: Terminal, columns: Int) -> [String] {
        let text = TimelineText(on: terminal, columns: columns)
        return [text.heading] + timeline.rows.flatMap(text.lines)
    }

    @Test func `a lane is thick while a call is under way`() {
        let lines = drawn(Terminal(1, isTerminal: true, color: .never, locale: "C.UTF-8"), columns: 80)
        let wanted = """
                      │ client               │ kernel               │ server

            A client <dials> & waits
              1.0 ms  ┃ dial port 3000 …     │                      │
              2.0 ms  ┃                      │                      │ accept → from port
                      ┃                      │                      │   40000
              4.0 ms  ┃                      │ accept queue: 1      │
                      ┃                      │   waiting, limit 128 │
                      ┃                      │   [TCP_INFO]         │
             1500 ms  ┃ dial → connection    │                      │
                      ┃   refused            │                      │
                      ┃   (ECONNREFUSED)     │                      │
             1501 ms  │                      │ the SYN was dropped  │
                      │                      │   (inferred)         │
            """
        #expect(lines.joined(separator: "\n") == wanted)
    }

    @Test(arguments: [80, 100, 133, 200])
    func `no line is wider than the terminal, nor fills it`(columns: Int) {
        let lines = drawn(Terminal(1, isTerminal: true, color: .never, locale: "C.UTF-8"), columns: columns)
        #expect(lines.allSatisfy { $0.count < columns })
    }

    @Test(arguments: 80...140)
    func `a long word behind a full line is broken at every width`(columns: Int) {
        var timeline = Timeline()
        let full = String(repeating: "x", count: (columns - 11) / 3 - 2)
        let calls = [
            "accept4(6, 127.0.0.1:41234, SOCK_NONBLOCK|SOCK_CLOEXEC)",
            "\(full) \(full)", "\(full.dropLast()) \(full)yy \(full)", "\(full) a|b|c|d|\(full)|\(full)",
        ]
        for text in calls {
            _ = timeline.add(Timeline.Entry(lane: .server, kind: .call, text: text, start: .zero, end: .zero))
        }
        let drawing = TimelineText(
            on: Terminal(1, isTerminal: true, color: .never, locale: "C.UTF-8"), columns: columns)
        let lines = timeline.rows.flatMap(drawing.lines)
        #expect(lines.allSatisfy { $0.count < columns })
        // Nothing of the text is lost.
        let shown = lines.joined().filter { !" │┃.0ms…→".contains($0) }
        for text in calls { #expect(shown.contains(text.filter { !" .0ms".contains($0) }), "\(text)") }
    }

    @Test func `a locale without UTF-8 gets ASCII`() {
        let terminal = Terminal(1, isTerminal: true, color: .never, locale: "C")
        #expect(drawn(terminal, columns: 80).map(terminal.spell).joined().utf8.allSatisfy { $0 < 0x80 })
    }

    @Test func `the picture is XML with selectable text, in which nothing is markup that was text`() {
        let svg = timeline.picture(titled: "Dials & <queues>").document
        #expect(svg.contains("A client &lt;dials&gt; &amp; waits"))
        #expect(svg.contains("Dials &amp; &lt;queues&gt;</title>"))
        #expect(svg.contains("prefers-color-scheme:dark"))
        #expect(svg.contains("[TCP_INFO]") && svg.contains("(inferred)"))
        #expect(!svg.contains("<script") && !svg.contains("href"))
    }

    @Test func `in the picture no text stands on another, nor beyond the edge`() throws {
        let svg = timeline.picture(titled: "A title").document
        let texts = svg.matches(
            of: /<text class="([a-z]+)" x="([0-9.]+)" y="([0-9.]+)" text-anchor="([a-z]+)"[^>]*>([^<]*)</)
        #expect(texts.count > 10)
        var places: [(x: ClosedRange<Double>, y: Double)] = []
        for text in texts {
            let (x, y) = (try #require(Double(text.2)), try #require(Double(text.3)))
            // A letter is at most as wide as 0.6 of the size on average.
            let width = Double(text.5.count) * (text.1 == "title" ? 12.0 : text.1 == "time" ? 6.6 : 7.4)
            let left = text.4 == "middle" ? x - width / 2 : text.4 == "end" ? x - width : x
            #expect(left >= 0 && left + width <= 1000, "\(text.5)")
            for place in places where abs(place.y - y) < 10 {
                #expect(!place.x.overlaps(left...left + width), "\(text.5)")
            }
            places.append((left...left + width, y))
        }
    }
}
