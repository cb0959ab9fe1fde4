import Testing

@testable import sockctl

/// The manual pages' examples do what the pages say.
@Suite(.endToEnd, .needsSockctl) struct ManualExampleTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let example: Example
        /// The status that the page names, else 0.
        let status: Int32

        var testDescription: String { example.testDescription }

        init(_ example: Manual.Example, page: String) {
            self.example = Example(manual: example.lines, of: page)
            let named = example.shows.firstMatch(of: /status (?:is )?([0-9]+)/)?.output.1
            status = named.flatMap { Int32($0) } ?? 0
        }
    }

    static let samples =
        Program.sockctl.manual.examples.map { Sample($0, page: "sockctl(1)") }
        + Program.sockctl.commands.flatMap { command in
            command.manual.examples.map { Sample($0, page: "sockctl-\(command.name)(1)") }
        }
        // A network of one's own is not to be had everywhere.
        .filter { Tool.canUnshareNetwork || !$0.example.steps.contains { $0.command.contains("unshare") } }

    @Test(arguments: samples)
    func `a manual page's example does what it says`(sample: Sample) async throws {
        try await ExampleRun(sample.example).play(status: sample.status)
    }
}
