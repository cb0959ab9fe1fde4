import Testing

@testable import SockKit

@Suite struct ReplayTests {
    /// How a server behaves to whom a record is played.
    private typealias Behaviour = @Netpoller @Sendable (Connection) async throws -> Void

    /// Plays a record to a server that accepts one connection, and says how that went.
    @Netpoller
    private func play(
        _ recording: Recording, _ network: Network = .tcp, speed: Double = 1,
        patience limit: Duration = .milliseconds(300), behaviour: @escaping Behaviour
    ) async throws -> ReplayOutcome {
        let listener = try await listen(network)
        defer { listener.close() }
        let serving = Netpoller.spawn {
            let connection = try await listener.accept()
            connection.setDeadline(.now + patience)
            do { try await behaviour(connection) } catch is NetworkError {}
            connection.close()
        }
        let address = listener.endpoint.description
        let replay = Replay(recording, datagrams: false, speed: speed, patience: limit) { _ throws(NetworkError) in
            try await Dialer(timeout: patience).dial(network, address)
        }
        var outcome: ReplayOutcome?
        replay.onOutcome = { outcome = $0 }
        await replay.run()
        try await serving.value
        return try #require(outcome)
    }

    private func record(
        _ network: Network = .tcp, body: (inout RecordScene, inout any RecordTrack) -> Void
    ) throws -> Recording {
        var scene = RecordScene(.json)
        var track = scene.open(1, network)
        body(&scene, &track)
        return try scene.read()
    }

    private let hello: @Sendable (inout RecordScene, inout any RecordTrack) -> Void = { scene, track in
        scene.append("hel", .up, &track)
        scene.append("lo", .up, &track)
        scene.append("HEL", .down, &track)
        scene.append("LO", .down, &track)
        scene.end(.up, &track)
        scene.end(.down, &track)
    }

    @Test func `what a client sent is sent, and what comes back as it did is no difference`() async throws {
        let recording = try record(body: hello)
        let outcome = try await onLoop {
            try await play(recording) { server in
                #expect(try await server.readAll() == Array("hello".utf8))
                try await server.write("HELLO")
            }
        }
        #expect(try outcome.result.get() == nil)
        #expect(outcome.bytesUp == 5 && outcome.bytesDown == 5)
    }

    private static let answers: [(String, Int, ReplayDifference.Answer, ReplayDifference.Answer)] = [
        ("HELlO", 3, .bytes(Array("LO".utf8)), .bytes(Array("lO".utf8))),
        ("HELL", 4, .bytes(Array("O".utf8)), .end), ("HELLO!", 5, .end, .bytes(Array("!".utf8))),
        ("", 0, .bytes(Array("HELLO".utf8)), .end),
    ]

    @Test(arguments: answers)
    func `the first difference is told, with what was to come and what came`(
        answer: String, offset: Int, expected: ReplayDifference.Answer, got: ReplayDifference.Answer
    ) async throws {
        let recording = try record(body: hello)
        let outcome = try await onLoop {
            try await play(recording) { server in
                _ = try await server.readAll()
                try await server.write(answer)
            }
        }
        let difference = try #require(try outcome.result.get())
        #expect(difference == ReplayDifference(message: nil, offset: offset, expected: expected, got: got))
    }

    @Test func `a reset in the place of an end, silence and a missing end are differences`() async throws {
        let recording = try record(body: hello)
        let behaviours: [(Behaviour, ReplayDifference.Answer, ReplayDifference.Answer)] = [
            (
                { server in
                    _ = try await server.readAll()
                    server.reset()
                }, .bytes(Array("HELLO".utf8)), .reset
            ),
            (
                { server in
                    try await server.write("HEL")
                    try await server.waitUntilGone()
                }, .bytes(Array("LO".utf8)), .nothing
            ),
            (
                { server in
                    try await server.write("HELLO")
                    try await server.waitUntilGone()
                }, .end, .nothing
            ),
        ]
        for (behaviour, expected, got) in behaviours {
            let outcome = try await onLoop { try await play(recording, behaviour: behaviour) }
            let difference = try #require(try outcome.result.get())
            #expect(difference.expected == expected && difference.got == got)
        }
    }

    @Test func `a reset that the record has is to come again, and a client's is played`() async throws {
        let theirs = try record { scene, track in
            scene.append("x", .up, &track)
            scene.reset(.down, &track)
        }
        let outcome = try await onLoop {
            try await play(theirs) { server in
                _ = try await server.readAll(1)
                server.reset()
            }
        }
        #expect(try outcome.result.get() == nil)
        let ours = try record { scene, track in
            scene.append("y", .down, &track)
            scene.reset(.up, &track)
        }
        let other = try await onLoop {
            try await play(ours) { server in
                try await server.write("y")
                let error = try await failure { _ = try await server.readAll() }
                #expect(error.errno == .connectionReset)
            }
        }
        #expect(try other.result.get() == nil)
    }

    @Test(arguments: [RecordFormat.pcapng, .json], [false, true])
    func `a target that ended and then reset the connection is to end first, and may be quicker`(
        format: RecordFormat, isQuick: Bool
    ) async throws {
        var scene = RecordScene(format)
        var track = scene.open()
        scene.append("x", .up, &track)
        scene.end(.down, &track)
        scene.reset(.down, &track)
        let recording = try scene.read()
        #expect(recording.story.first?.hasSuffix(": >x <end <reset") ?? false, "\(recording.story)")
        let outcome = try await onLoop {
            try await play(recording) { server in
                _ = try await server.readAll(1)
                if isQuick { return server.reset() }
                try server.closeWrite()
                try await server.waitUntilGone()
            }
        }
        #expect(try outcome.result.get() == nil)
    }

    @Test(arguments: [(1.0, 200), (4.0, 50)]) func `it takes its time, and as much less as it is played faster`(
        speed: Double, least: Int
    ) async throws {
        let recording = try record { scene, track in
            for _ in 0..<2 {
                for _ in 0..<100 { scene.append("", .down, &track) }
                scene.append("x", .up, &track)
            }
            scene.end(.up, &track)
        }
        let took = try await onLoop {
            try await elapsed {
                let outcome = try await play(recording, speed: speed) { server in _ = try await server.readAll() }
                #expect(try outcome.result.get() == nil)
            }
        }
        #expect(took >= .milliseconds(least))
    }

    @Test func `messages are compared one by one`() async throws {
        let recording = try record(.unixpacket) { scene, track in
            scene.append("one", .up, &track)
            scene.append("two", .up, &track)
            scene.append("ab", .down, &track)
            scene.append("cd", .down, &track)
        }
        let cases: [([String], Int?)] = [(["ab", "cd"], nil), (["abcd"], 1), (["ab", "c"], 2)]
        for (answers, message) in cases {
            let outcome = try await onLoop {
                try await play(recording, .unixpacket) { server in
                    for wanted in ["one", "two"] { #expect(try await server.readText() == wanted) }
                    for answer in answers { try await server.write(answer) }
                    _ = try await server.readAll()
                }
            }
            #expect(try outcome.result.get()?.message == message)
        }
    }

    @Test func `a target that cannot be reached is a failure`() async throws {
        let recording = try record(body: hello)
        let outcome = try await onLoop {
            let replay = Replay(recording, datagrams: false, speed: 1, patience: .seconds(1)) {
                _ throws(NetworkError) in
                throw NetworkError(.dial, network: .tcp, cause: .timeout)
            }
            var outcome: ReplayOutcome?
            replay.onOutcome = { outcome = $0 }
            await replay.run()
            return outcome
        }
        #expect(throws: NetworkError.self) { try outcome?.result.get() }
    }

    @Test func `a target that ends and then refuses what is still sent to it is a failure`() async throws {
        let recording = try record { scene, track in
            for _ in 0..<100 { scene.append("line\n", .up, &track) }
            scene.end(.up, &track)
            scene.end(.down, &track)
        }
        // Slow enough for the refusal to come before the last line has gone.
        let outcome = try await onLoop {
            try await play(recording, speed: 0.03) { server in
                _ = try await server.readAll(5)
                try server.closeWrite()
            }
        }
        #expect(throws: NetworkError.self) { try outcome.result.get() }
        #expect(outcome.bytesUp < 500)
    }

    @Test func `an end that came before the client's reset is to come before it again`() async throws {
        let recording = try record { scene, track in
            scene.append("y", .down, &track)
            scene.end(.down, &track)
            scene.reset(.up, &track)
        }
        let outcome = try await onLoop {
            try await play(recording) { server in
                try await server.write("y")
                try await server.waitUntilGone()
            }
        }
        let difference = try #require(try outcome.result.get())
        #expect(difference.expected == .end && difference.got == .nothing)
    }
}
