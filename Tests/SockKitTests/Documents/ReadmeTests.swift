import Glibc
import Testing

@testable import sockctl

/// The README says what is so.
@Suite(.endToEnd, .needsSockctl) struct ReadmeTests {
    static let text = String(decoding: (try? contents(of: Repository.path("README.md"))) ?? [], as: UTF8.self)
    static let blocks = MarkdownBlock.all(in: text)
    static let examples = blocks.filter { $0.language == "console" }.map { Example($0) }

    @Test func `it opens with one line and two commands`() async throws {
        let lines = Self.text.split(separator: "\n")
        #expect(lines.count > 3 && lines[0].hasPrefix("# ") && lines[2] == "```sh")
        let opening = try #require(Self.blocks.first)
        #expect(opening.lines.count == 2 && opening.lines.last == "swift test")
        let command = try #require(opening.lines.first)
        #expect(command.contains("swift run -c release sockctl "))
    }

    @Test func `the first command ends by itself with 0 and lists the course`() async throws {
        let command = try #require(Self.blocks.first?.lines.first)
        var example = Example(manual: [command], of: "README")
        example.steps[0].output = Course.chapters.map(\.chapter.title) + ["..."]
        try await ExampleRun(example).play()
    }

    @Test func `its picture is one that the program draws today`() async throws {
        let committed = try String(decoding: contents(of: Repository.path("man/timeline.svg")), as: UTF8.self)
        let file = try scratch("timeline.svg")
        try await sockctl("lab", "accept-queue", "--check", "--svg", file).finish().expect(status: 0)
        let drawn = try String(decoding: contents(of: file), as: UTF8.self)
        // What stands in it differs from run to run; how it is drawn, its title and its steps do not.
        func fixed(_ picture: String) -> [Substring] {
            // Not its height: a call that took its time has two rows.
            picture.split(separator: "\n").prefix { !$0.contains("class=\"paper\"") }.filter { !$0.contains("viewBox") }
                + picture.split(separator: "\n").filter { $0.contains("class=\"step\"") }
                .compactMap { $0.split(separator: ">").dropFirst().first }
        }
        #expect(fixed(committed).count > 5)
        #expect(fixed(committed) == fixed(drawn), "run 'sockctl lab accept-queue --svg man/timeline.svg' and commit it")
    }

    @Test(arguments: examples)
    func `an example prints what is shown`(example: Example) async throws {
        #expect(!example.steps.isEmpty)
        try await ExampleRun(example).play()
    }

    @Test func `the table of exit statuses is the manual's`() {
        let rows = Self.text.matches(of: /(?m)^\| ([0-9n+]+) \|/).map { String($0.output.1) }
        #expect(rows == Manual.exitNotes.map(\.status))
    }

    @Test(arguments: blocks.filter { $0.language == "swift" })
    func `the library's example compiles and runs`(block: MarkdownBlock) async throws {
        let build = try #require(Binary.ownDirectory)
        let compiler = try #require(Repository.compiler, "needs swiftc")
        let source = try scratch("Example.swift")
        try writeFile(source, Array(block.lines.joined(separator: "\n").utf8))
        // Objects of files that are no longer there may have been left by an earlier build.
        let sources = try Set(
            SourceFile.all.filter { $0.target == "SockKit" }.map { "\($0.path.split(separator: "/").last!)" })
        let objects = names(in: "\(build)/SockKit.build").filter { sources.contains("\($0.dropLast(2))") }
        let arguments =
            ["-parse-as-library", "-swift-version", "6", "-I", "\(build)/Modules"]
            + ["-Xcc", "-fmodule-map-file=\(Repository.path("Sources/SockKit/CLinux/module.modulemap"))"]
            + ["-module-cache-path", try scratch("cache"), "-o", try scratch("example"), source]
            + objects.map { "\(build)/SockKit.build/\($0)" }
        try await start(compiler, arguments).finish(within: .seconds(120)).expect(status: 0)
        let outcome = try await start(try scratch("example"), []).finish()
        outcome.expect(status: 0)
        #expect(outcome.out.contains(/^127\.0\.0\.1:[0-9]+ says [-0-9]+ [0-9:]+\n$/), "\(outcome)")
    }

    @Test(arguments: ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
    func `every file that is linked to is there`(document: String) throws {
        let text = try String(decoding: contents(of: Repository.path(document)), as: UTF8.self)
        for link in text.matches(of: /\]\(([^):]+)\)/) {
            #expect(fileStatus(of: Repository.path(String(link.output.1))) != nil, "\(link.output.1)")
        }
    }
}
