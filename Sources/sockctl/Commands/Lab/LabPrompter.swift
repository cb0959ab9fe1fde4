import SockKit

/// Waits for Enter before each step of a demonstration.
@Netpoller
final class LabPrompter {
    private let reporter: Reporter
    /// nil once nobody types any more: the rest goes on by itself.
    private var input: ByteSource?

    init(_ reporter: Reporter) {
        self.reporter = reporter
        input = try? .standardInput()
    }

    /// Says what comes, and waits.
    func wait(before title: String) async {
        guard let input else { return }
        if reporter.errorTerminal.rewritesLines {
            reporter.setStatus(reporter.errorTerminal.paint("Enter: \(title)", .hint))
        } else {
            reporter.writeProgressLine("Enter: \(title)")
        }
        defer { reporter.setStatus(nil) }
        let line: Chunk
        do throws(NetworkError) { line = try await input.readChunk(maximum: 4096) } catch {
            self.input = nil
            return
        }
        if line.isEnd { self.input = nil }
        line.giveBack()
    }
}
