import Testing

@testable import sockctl

/// What is generated and committed is what the tables say today.
@Suite struct GeneratedFilesTests {
    @Test(arguments: Generator.files.map(\.path))
    func `the committed file is what the tables say`(path: String) throws {
        let wanted = try #require(Generator.files.first { $0.path == path }).text
        let committed = try String(decoding: contents(of: Repository.path(path)), as: UTF8.self)
        let differing = zip(wanted.split(separator: "\n"), committed.split(separator: "\n")).first { $0 != $1 }
        #expect(
            committed == wanted,
            """
            \(path) is out of date: run 'swift run sockctl generate .' and commit the result; first difference: \
            \(differing.map { "'\($0)', committed is '\($1)'" } ?? "one is longer")
            """)
    }

    @Test func `the course has every experiment that is in a chapter's folder`() throws {
        let wanted = try #require(ExperimentFolders.list(in: Repository.path("")))
        let committed = try String(decoding: contents(of: Repository.path(wanted.path)), as: UTF8.self)
        #expect(committed == wanted.text, "run 'swift run sockctl generate .' and commit the result")
    }

    @Test func `nothing else is committed beside them`() {
        let generated = Set(Generator.files.map(\.path) + ["man/timeline.svg"])
        for folder in ["man", "completions"] {
            for name in names(in: Repository.path(folder)) { #expect(generated.contains("\(folder)/\(name)")) }
        }
    }
}
