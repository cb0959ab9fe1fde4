import Testing

@testable import sockctl

/// The command lines of the experiments show what the experiments show.
@Suite(.endToEnd, .needsSockctl) struct LabCommandLineTests {
    @Test(arguments: CourseTests.experiments)
    func `the same by hand prints what the course says`(experiment: CourseTests.Named) async throws {
        let lines = experiment.type.commands.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let example = Example(MarkdownBlock(language: "console", line: 1, lines: lines))
        try #require(!example.steps.isEmpty)
        guard Tool.canUnshareNetwork || !example.steps.contains(where: { $0.command.contains("unshare") }) else {
            return
        }
        try await ExampleRun(example).play()
    }
}
