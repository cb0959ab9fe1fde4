import Testing

@testable import sockctl

/// The program's module has an `Event` of its own.
typealias Report = SockKitTests.Event

/// What the manual's examples show is so.
@Suite(.endToEnd, .needsSockctl) struct WriteBlockProbeExampleTests {
    struct Claim: Sendable, CustomTestStringConvertible {
        let line: String
        /// A question to the summary and the events before it.
        let holds: @Sendable (_ summary: Report, _ events: [Report]) -> Bool

        var testDescription: String { line }

        init(_ options: String, _ holds: @escaping @Sendable (Report, [Report]) -> Bool) {
            line = "sockctl write-block-probe" + (options.isEmpty ? "" : " \(options)")
            self.holds = holds
        }
    }

    private static func codes(_ summary: Report) -> [String] { summary["errors"]?.array?.compactMap(\.string) ?? [] }

    private static func number(_ summary: Report, _ name: String) -> Int { summary[name]?.integer ?? -1 }

    static let claims: [Claim] = [
        Claim("") { summary, _ in
            let isCut = number(summary, "last_write_bytes") < 65536 || number(summary, "bytes_accepted") % 65536 == 0
            return summary["blocked"]?.bool == true && isCut && number(summary, "bytes_read_by_peer") == 0
        },
        Claim("--writes 3") { summary, _ in
            summary["blocked"]?.bool == false && number(summary, "bytes_accepted") == 3 * 65536
        },
        Claim("--sndbuf 65536 --rcvbuf 65536 --read-after 600ms --read-every 100ms --duration 2s") { summary, events in
            let first = events.first { $0.name == "peer-read" }
            return first?["moved"]?.integer == 0 && number(summary, "unblocked_by_read") > 1
        },
        Claim("--write-timeout 10us") { summary, events in
            let bytes = events.filter { $0.name == "wrote" }.suffix(3).map { $0["bytes"]?.integer }
            return codes(summary) == ["timeout", "timeout", "timeout"] && bytes.suffix(2) == [0, 0]
                && summary["accounted"]?.bool == true
        },
        Claim("--blocking --then kill") { summary, events in
            let short = events.last { $0.name == "wrote" && $0["error"] == nil }
            return codes(summary) == ["ECONNRESET", "EPIPE"]
                && short?["bytes"]?.integer == number(summary, "last_write_bytes")
                && number(summary, "bytes_lost") == number(summary, "bytes_accepted")
        },
        Claim("--then close") { summary, _ in codes(summary) == ["ECONNRESET", "EPIPE"] },
        Claim("--chunk 8M --then drain") { summary, events in
            events.filter { $0.name == "wrote" }.map { $0["bytes"]?.integer } == [8 << 20]
                && number(summary, "bytes_lost") == 0 && number(summary, "bytes_read_by_peer") == 8 << 20
        },
        Claim("--both --duration 700ms") { summary, _ in
            summary["peer_blocked"]?.bool == true && summary["peer_accounted"]?.bool == true
        },
        Claim("--no-nodelay --chunk 100 --writes 60") { summary, _ in
            number(summary, "segments") < 60 && (summary["sent_after"]?.number ?? 0) > 0.02
        },
        Claim("--network unixgram --chunk 1000 --duration 700ms") { summary, _ in
            let text = (try? contents(of: "/proc/sys/net/unix/max_dgram_qlen")).map {
                String(decoding: $0, as: UTF8.self)
            }
            let length = text.flatMap { Int($0.dropLast()) } ?? 0
            return number(summary, "writes") == length + 1 && summary["accounted"]?.bool == true
        },
        Claim("--network unix --then close") { summary, _ in
            codes(summary).last == "EPIPE"
                && number(summary, "bytes_in_receive_queue") == number(summary, "bytes_accepted")
        },
        Claim("--network unixpacket --duration 700ms --svg block.svg") { summary, _ in
            number(summary, "bytes_accepted") % 65536 == 0 && summary["accounted"]?.bool == true
        },
    ]

    @Test(arguments: claims)
    func `an example shows what it says`(claim: Claim) async throws {
        #expect(WriteBlockProbeExamples.all.contains { $0.lines == [claim.line] }, "not in the manual")
        let words = try claim.line.split(separator: " ").dropFirst().map { word in
            word.hasSuffix(".svg") ? try scratch(String(word)) : String(word)
        }
        // Where others take the CPU a moment may pass unseen; but not every time.
        for attempt in 1...3 {
            let outcome = try await sockctl(words + ["--json"]).finish(within: patience)
            outcome.expect(status: 0)
            let events = try Report.all(in: outcome.out)
            if claim.holds(try #require(events.last), events) { return }
            #expect(attempt < 3, "\(outcome)")
        }
    }
}
