import SockKit
import Testing

@testable import sockctl

/// What an experiment does is on its timeline, and what it finds decides.
@Suite struct StageTests {
    /// Hundreds of other tests may have the processor at the beginning.
    private let unhurried = Stage.Settings(limit: .seconds(280))

    /// A server says hello, and the client reads twice: there is nothing more.
    private enum Greeting: Experiment {
        static let title = "A greeting"
        static let covers = [1]
        static let claim = ""
        static let question = "What is read?"
        static let expectations: [sockctl.Expectation] = [
            .init(here: "{text}", why: "It was sent.", holds: .equal("text", "hello")),
            .init(here: "{text}", why: "It was not sent.", holds: .equal("text", "goodbye")),
        ]
        static let commands = ""
        static let lesson = "Greet."

        static func run(_ stage: Stage) async throws(Interruption) {
            let listener = try await stage.server.listen()
            let client = try await stage.client.dial(listener)
            let server = try await listener.accept()
            await stage.step("The server greets")
            let reading = stage.go { await client.read() }
            await stage.pause(.milliseconds(30))
            await server.write("hello")
            stage.found("text", .text(await reading.value.string))
            server.close()
            // On a busy machine the FIN takes its time, and a read would wait for it.
            _ = await stage.until(within: .seconds(60)) { client.connection.descriptor.hasEnded }
            await client.read()
        }
    }

    @Test func `each call stands on the timeline with its result, and one that waits has two rows`() async throws {
        let outcome = await Greeting.perform(unhurried)
        let rows = outcome.timeline.rows
        let texts = rows.map { "\($0.lane) \($0.part) \($0.text): \($0.result ?? "")" }
        // Any call has two rows where others have the processor for long.
        #expect(texts[0].contains(#/server (whole|beginning) listen 127\.0\.0\.1: /#))
        let step = try #require(texts.firstIndex(of: "kernel step The server greets: "), "\(texts)")
        #expect(texts[..<step].count { $0.contains(#/ (whole|ending) (listen|dial|accept)\b/#) } == 3, "\(texts)")
        #expect(texts[step + 1] == "client beginning read(512): ", "\(texts)")
        #expect(texts[step + 2].contains(#/server (whole|beginning) write\("hello"\): /#), "\(texts)")
        #expect(rows[step + 2].busy == [.client])
        #expect(texts[(step + 2)...].contains("client ending read(512): 5: \"hello\""), "\(texts)")
        #expect(texts.last?.contains(#/client (whole|ending) read\(512\): EOF/#) == true, "\(texts)")
        #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.time <= $1.time })
    }

    @Test func `an expectation that is not met makes the whole not met, and the others stay`() async throws {
        let outcome = await Greeting.perform(unhurried)
        #expect(outcome.isMet == false)
        try #require(outcome.verdicts.map(\.isMet) == [true, false], "\(outcome.result)")
        #expect(outcome.verdicts[0].here == "hello")
        #expect(outcome.verdicts[1].faults == ["'text' was hello and should be goodbye"])
    }

    /// Something happens while somebody reads.
    private enum Meanwhile: Experiment {
        static let title = "A page is read"
        static let covers = [1]
        static let claim = ""
        static let question = "When did it happen?"
        static let expectations: [sockctl.Expectation] = []
        static let commands = ""
        static let lesson = "Take your time."

        static func run(_ stage: Stage) async throws(Interruption) {
            let other = stage.go {
                await stage.pause(.milliseconds(30))
                stage.client.note("meanwhile")
            }
            await stage.step("What was read")
            await other.value
            stage.client.note("afterwards")
        }
    }

    @Test func `the clock stands while somebody reads, for what happens meanwhile too`() async throws {
        var settings = unhurried
        settings.beforeStep = { _ in _ = await Netpoller.sleep(for: .seconds(1)) }
        let outcome = await Meanwhile.perform(settings)
        #expect(outcome.timeline.rows.map(\.text) == ["meanwhile", "What was read", "afterwards"])
    }

    private enum Lacking: Experiment {
        static let title = "Nothing"
        static let covers = [1]
        static let claim = ""
        static let question = "Is it there?"
        static let expectations: [sockctl.Expectation] = []
        static let commands = ""
        static let lesson = "It is not."

        static func run(_ stage: Stage) async throws(Interruption) {
            try stage.require(false, else: "there is no moon")
        }
    }

    @Test func `what the machine lacks is no failure`() async throws {
        let outcome = await Lacking.perform(unhurried)
        #expect(outcome.isMet == nil)
        guard case .notRun("there is no moon") = outcome.result else {
            Issue.record("\(outcome.result)")
            return
        }
    }

    private enum Failing: Experiment {
        static let title = "A failure"
        static let covers = [1]
        static let claim = ""
        static let question = "Does it fail?"
        static let expectations: [sockctl.Expectation] = []
        static let commands = ""
        static let lesson = "It does."

        static func run(_ stage: Stage) async throws(Interruption) {
            _ = try await stage.client.dial(.unix, "/nowhere/at/all")
        }
    }

    @Test func `a call that should not have failed ends the experiment with its error`() async throws {
        let outcome = await Failing.perform(unhurried)
        #expect(outcome.isMet == false)
        guard case .failed(let reason) = outcome.result else {
            Issue.record("\(outcome.result)")
            return
        }
        #expect(reason == "dial unix /nowhere/at/all: connect: no such file or directory")
        #expect(outcome.timeline.entries.last?.failed == true)
    }
}
