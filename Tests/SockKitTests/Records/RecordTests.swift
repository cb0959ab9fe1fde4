import Testing

@testable import SockKit

private let formats: [RecordFormat] = [.pcapng, .json]

/// Records as they are written and read again.
@Suite struct RecordTests {
    @Test(arguments: formats) func `what happens is read as it was written, however it is cut`(
        format: RecordFormat
    ) throws {
        var scene = RecordScene(format)
        var one = scene.open(1)
        scene.append("GET", .up, &one)
        var two = scene.open(2, .tcp6, Endpoint("[::1]:50000")!, Endpoint("[::1]:80")!)
        scene.append("no text: \u{0}\u{ff}", .down, &two)
        scene.append([0xff, 0xfe, 0x00], .down, &one)
        scene.end(.down, &one)
        scene.append("more", .up, &one)
        scene.reset(.up, &two)
        scene.end(.up, &one)
        let story = try scene.read().story
        #expect(
            story == [
                "1 127.0.0.1:50000 127.0.0.1:80: >GET <\u{fffd}\u{fffd}\u{0} <end >more >end",
                "2 [::1]:50000 [::1]:80: <no text: \u{0}\u{ff} >reset",
            ])
        for step in [1, 3, 7, 64, 1000] { #expect(try scene.read(by: step).story == story) }
    }

    @Test(arguments: formats) func `connections of the same ends, one after the other, stay apart`(
        format: RecordFormat
    ) throws {
        var scene = RecordScene(format)
        for number in 1...3 {
            var track = scene.open(number)
            scene.append("\(number)", .up, &track)
            scene.append("\(-number)", .down, &track)
            scene.end(.down, &track)
            scene.end(.up, &track)
        }
        let ends = "127.0.0.1:50000 127.0.0.1:80"
        #expect(try scene.read().story == (1...3).map { "\($0) \(ends): >\($0) <\(-$0) <end >end" })
    }

    @Test(arguments: formats) func `connections of the same ends at once stay apart`(format: RecordFormat) throws {
        var scene = RecordScene(format)
        var tracks: [any RecordTrack] = []
        for number in 1...5 { tracks.append(scene.open(number)) }
        for round in 1...3 {
            for (index, number) in (1...5).enumerated() {
                scene.append("\(number * round)", .up, &tracks[index])
                scene.append("\(-number * round)", .down, &tracks[index])
            }
        }
        for index in tracks.indices.reversed() {
            scene.end(.up, &tracks[index])
            scene.end(.down, &tracks[index])
        }
        let ends = "127.0.0.1:50000 127.0.0.1:80"
        let expected = (1...5).map { number in
            let steps = (1...3).map { ">\(number * $0) <\(-number * $0) " }.joined()
            return "\(number) \(ends): \(steps)>end <end"
        }
        #expect(try scene.read().story == expected)
    }

    @Test(arguments: formats) func `times are kept to the nanosecond`(format: RecordFormat) throws {
        var scene = RecordScene(format)
        var track = scene.open()
        scene.append("a", .up, &track)
        scene.append("b", .down, &track)
        let recording = try scene.read()
        #expect(recording.conversations[0].start == 0)
        #expect(recording.conversations[0].steps.map(\.time) == [1_000_000, 2_000_000])
    }

    @Test(arguments: formats) func `a large read is in several pieces, and all of it`(format: RecordFormat) throws {
        var scene = RecordScene(format)
        var track = scene.open()
        let large = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 * 31 + $0 / 1000) }
        scene.append(large, .up, &track)
        scene.append("é" + String(repeating: "ü", count: 100_000), .down, &track)
        let recording = try scene.read()
        let conversation = recording.conversations[0]
        let up = recording.ranges(.up, of: conversation)
        #expect(up.count >= 4)
        #expect(up.flatMap { recording.bytes[$0] } == large)
        let down = recording.ranges(.down, of: conversation)
        #expect(down.reduce(0) { $0 + $1.count } == 200_002)
        if format == .json {
            // No character is cut in two, so that all of it is text.
            #expect(down.allSatisfy { String(validating: recording.bytes[$0], as: UTF8.self) != nil })
        }
    }

    @Test(arguments: formats) func `a message is one, however long, and an empty one too`(format: RecordFormat) throws {
        var scene = RecordScene(format)
        var track = scene.open(1, .unixpacket, .unix(.unnamed), .unix(.path("/run/x")))
        let long = [UInt8](repeating: 120, count: 150_000)
        scene.append(long, .up, &track)
        scene.append("", .up, &track)
        scene.append("x", .down, &track)
        let recording = try scene.read()
        var messages: [[UInt8]] = []
        var message: [UInt8] = []
        for step in recording.conversations[0].steps where step.direction == .up {
            guard case .bytes(let range, let isWhole) = step.deed else { continue }
            message += recording.bytes[range]
            if isWhole { (messages, message) = (messages + [message], []) }
        }
        #expect(messages == [long, []])
    }

    @Test(arguments: formats) func `datagrams are datagrams`(format: RecordFormat) throws {
        var scene = RecordScene(format)
        var track = scene.open(1, .udp, Endpoint("127.0.0.1:50000")!, Endpoint("127.0.0.1:53")!)
        scene.append("query", .up, &track)
        scene.append("", .up, &track)
        scene.append("answer", .down, &track)
        let recording = try scene.read()
        #expect(recording.story == ["1 127.0.0.1:50000 127.0.0.1:53: >query > <answer"])
        #expect(recording.conversations[0].hasDatagrams)
    }

    @Test(arguments: ["127.0.0.1", "[::1]"]) func `the longest datagrams have packets`(host: String) throws {
        var scene = RecordScene(.pcapng)
        var track = scene.open(1, .udp, Endpoint("\(host):50000")!, Endpoint("\(host):53")!)
        // IPv4 counts its header of 20 bytes with it, and IPv6 none.
        let longest = host == "[::1]" ? 65_527 : 65_507
        scene.append([UInt8](repeating: 120, count: longest), .up, &track)
        let steps = try scene.read().conversations.first?.steps.count
        #expect(steps == 1)
    }

    @Test(arguments: formats) func `nothing follows an end or a reset`(format: RecordFormat) throws {
        var scene = RecordScene(format)
        var track = scene.open()
        scene.end(.up, &track)
        scene.append("late", .up, &track)
        scene.end(.up, &track)
        scene.append("ok", .down, &track)
        scene.reset(.down, &track)
        scene.reset(.up, &track)
        scene.append("late", .down, &track)
        #expect(try scene.read().story.map { $0.drop { $0 != ">" } } == [">end <ok <reset"])
    }

    @Test func `ends without an IP address get those that documentation has`() {
        func ends(_ number: Int, _ client: Endpoint, _ target: Endpoint) -> String {
            let ends = PacketEnds(RecordSubject(number, .unix, client: client, target: target))
            return "\(Endpoint.ip(ends.client.address, port: ends.client.port)) "
                + "\(Endpoint.ip(ends.target.address, port: ends.target.port))"
        }
        #expect(ends(1, .unix(.unnamed), .unix(.path("/x"))) == "192.0.2.1:1024 192.0.2.2:1")
        #expect(ends(64513, .unix(.unnamed), .unix(.path("/x"))) == "192.0.2.1:1024 192.0.2.2:1")
        #expect(ends(7, .unix(.unnamed), Endpoint("10.0.0.1:80")!) == "192.0.2.1:1030 10.0.0.1:80")
        #expect(ends(7, .unix(.unnamed), Endpoint("[::1]:80")!) == "[2001:db8::1]:1030 [::1]:80")
        #expect(ends(7, Endpoint("10.0.0.1:5")!, Endpoint("[::1]:80")!) == "[::ffff:10.0.0.1]:5 [::1]:80")
    }

    // MARK: - JSON Lines

    @Test func `a line of JSON says what, when and whose`() throws {
        var scene = RecordScene(.json)
        var track = scene.open(3)
        scene.append("hello\n", .up, &track)
        scene.append([0xff], .down, &track)
        scene.end(.up, &track)
        let lines = String(decoding: scene.bytes, as: UTF8.self).split(separator: "\n")
        let common = #""time":"2023-11-14T22:13:20.12"#
        #expect(lines.count == 4)
        #expect(lines[0].hasPrefix(#"{"event":"opened",\#(common)3456Z","elapsed":0.000000000,"connection":3,"#))
        #expect(lines[0].hasSuffix(#""network":"tcp","client":"127.0.0.1:50000","target":"127.0.0.1:80"}"#))
        #expect(
            lines[1].hasSuffix(#","elapsed":0.001000000,"connection":3,"direction":"up","bytes":6,"text":"hello\n"}"#))
        #expect(lines[2].hasSuffix(#""direction":"down","bytes":1,"base64":"/w=="}"#))
        #expect(lines[3].hasPrefix(#"{"event":"end","#))
    }

    private static let opened =
        #"{"event":"opened","elapsed":0,"connection":1,"network":"tcp","client":"a","target":"b"}"# + "\n"

    /// A line behind the first one, that opens connection 1.
    private static func line(_ members: String) -> String { opened + "{\"elapsed\":0,\"connection\":1,\(members)}\n" }

    private static let refused: [(String, String)] = [
        ("{}\n", "line 1: 'elapsed' is to say when"), ("{\"elapsed\":-1}\n", "line 1: 'elapsed'"),
        ("{\"elapsed\":0,\"connection\":0}\n", "line 1: 'connection' is to be a number from 1 up"),
        ("{\"elapsed\":0,\"connection\":1.5}\n", "line 1: 'connection'"),
        ("{\"event\":\"data\",\"elapsed\":0,\"connection\":1}\n", "line 1: connection 1 was never opened"),
        ("\(opened)\(opened)", "line 2: connection 1 is opened twice"),
        (line("\"event\":\"data\""), "line 2: 'direction' is to be"),
        (line("\"event\":\"what\",\"direction\":\"up\""), "line 2: 'event' is to be"),
        (line("\"event\":\"data\",\"direction\":\"up\""), "line 2: either 'text' or 'base64'"),
        (line("\"event\":\"data\",\"direction\":\"up\",\"base64\":\"!\""), "line 2: 'base64' is not base64"),
        (
            line("\"event\":\"data\",\"direction\":\"up\",\"bytes\":2,\"text\":\"a\""),
            "line 2: 'bytes' says 2, and there are 1"
        ),
        (
            line(
                "\"event\":\"end\",\"direction\":\"up\"}\n{\"event\":\"data\",\"elapsed\":0,\"connection\":1,\"direction\":\"up\",\"text\":\"a\""
            ),
            "line 3: something happens on connection 1 after its end"
        ), ("\(opened){\"event\"", "line 2 is cut off"), ("{\"x\n{}", "line 1: byte"), ("[{}]\n", "it is neither"),
        ("", "it is empty"), ("{}", "line 1 is cut off"), ("abc", "it has 3 bytes, and no form of record so few"),
    ]

    @Test(arguments: refused)
    func `what is no record of JSON Lines is refused, with the line`(text: String, words: String) {
        do throws(MessageError) {
            _ = try Recording(Array(text.utf8))
            Issue.record("it was read")
        } catch {
            #expect(error.description.contains(words), "\(error)")
        }
    }

    // MARK: - Limits

    @Test(arguments: formats) func `what is too much is refused`(format: RecordFormat) throws {
        var scene = RecordScene(format)
        var track = scene.open(1)
        scene.append("hello", .up, &track)
        _ = scene.open(2, .tcp, Endpoint("127.0.0.1:50001")!)
        for limit in [\RecordLimits.payload, \.conversations, \.steps] {
            var limits = RecordLimits()
            limits[keyPath: limit] = limit == \.payload ? 4 : limit == \.steps ? 0 : 1
            do throws(MessageError) {
                _ = try scene.read(limits: limits)
                Issue.record("it was read")
            } catch {
                #expect(error.kind == .tooLong)
            }
        }
    }

    @Test(arguments: formats) func `a record with changed bytes is a record or an error`(format: RecordFormat) throws {
        var scene = RecordScene(format)
        var one = scene.open(1)
        var two = scene.open(2, .udp)
        for index in 0..<8 {
            scene.append("piece \(index)", index % 3 == 0 ? .down : .up, &one)
            scene.append("datagram", index % 3 == 0 ? .down : .up, &two)
        }
        scene.end(.up, &one)
        scene.end(.down, &one)
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<2000 {
            var bytes = scene.bytes
            for _ in 0..<Int.random(in: 1...5, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            if Bool.random(using: &generator) { bytes.removeLast(Int.random(in: 1..<bytes.count, using: &generator)) }
            do throws(MessageError) { _ = try Recording(bytes, by: 997) } catch {
                #expect(error.subject == "record")
            }
        }
    }
}
