import Glibc
import Testing

/// The files of pictures and pages, where a signal ends the program before anything is drawn.
@Suite(.endToEnd, .needsSockctl) struct PictureFileTests {
    private static let lines = [
        ["write-block-probe", "--duration", "1h", "--svg"], ["lab", "sticky-deadline", "--slow", "--svg"],
        ["lab", "sticky-deadline", "--slow", "--html"],
    ]

    /// Starts it, and sends a signal as soon as its file is there.
    ///
    /// An experiment lasts eleven seconds. Where all tests begin at once, whoever gives his thread away gets it back
    /// later than that: so this one is not given away in between.
    private func start(_ line: [String], _ file: String, thenSend signal: Int32) throws -> ChildProcess {
        let process = try sockctl(line + [file])
        let deadline = SuspendingClock.now + patience
        while fileStatus(of: file) == nil {
            try #require(.now < deadline, "no file within \(patience)")
            usleep(1000)
        }
        process.signal(signal)
        return process
    }

    /// Ends it by two signals at once: the first of them has no time to end anything in order.
    private func breakOff(_ process: ChildProcess) async throws {
        try await process.pause()
        for signal in [SIGINT, SIGTERM, SIGCONT] { process.signal(signal) }
        let outcome = try await process.finish()
        #expect([130, 143].contains(outcome.status), "\(outcome)")
    }

    @Test(arguments: lines) func `a file that was made for it is not left behind`(line: [String]) async throws {
        let file = try scratch("file")
        let process = try start(line, file, thenSend: SIGSTOP)
        try await breakOff(process)
        #expect(fileStatus(of: file) == nil)
    }

    @Test(arguments: lines) func `a file that somebody has put in its place stays`(line: [String]) async throws {
        let file = try scratch("file")
        let process = try start(line, file, thenSend: SIGSTOP)
        try #require(unsafe unlink(file) == 0)
        try writeFile(file, [])
        try await breakOff(process)
        #expect(fileStatus(of: file) != nil)
    }

    @Test(arguments: ["--svg", "--html"])
    func `a signal that breaks the first experiment off leaves nothing behind`(option: String) async throws {
        let file = try scratch("file")
        let process = try start(["lab", "sticky-deadline", "--slow", option], file, thenSend: SIGTERM)
        try await process.finish().expect(status: 143)
        #expect(fileStatus(of: file) == nil)
    }
}
