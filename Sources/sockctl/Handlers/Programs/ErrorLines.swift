import SockKit

/// What a program says on standard error, as reports: a line each.
@Netpoller
final class ErrorLines {
    private let errors: ChildErrors
    private let report: @Netpoller (String) -> Void
    private var pending: [UInt8] = []
    private let end = Parking()
    private var hasEnded = false

    /// A line longer than this is told in pieces.
    private static let longest = 16 << 10

    init(_ errors: ChildErrors, report: @escaping @Netpoller (String) -> Void) {
        self.errors = errors
        self.report = report
        Netpoller.spawn { await self.run() }
    }

    /// Waits for the end, but no longer than that: others that the program has started may go on.
    func finish(within span: Duration) async {
        if !hasEnded { _ = await end.wait(until: .now + span) }
        if !hasEnded { tellRest() }
    }

    private func run() async {
        while let bytes = await errors.read() {
            // What stands there already has no newline.
            var (start, unseen) = (0, pending.count)
            pending += bytes
            while let newline = pending[unseen...].firstIndex(of: UInt8(ascii: "\n")) {
                tell(pending[start..<newline])
                (start, unseen) = (newline + 1, newline + 1)
            }
            pending.removeFirst(start)
            if pending.count >= Self.longest { tellRest() }
            // A program that says more than can be told keeps nobody else from his turn.
            await Task.yield()
        }
        tellRest()
        hasEnded = true
        end.wake()
    }

    private func tellRest() {
        guard !pending.isEmpty else { return }
        let rest = pending
        pending = []
        tell(rest[...])
    }

    private func tell(_ line: ArraySlice<UInt8>) { report(String(decoding: line, as: UTF8.self)) }
}
