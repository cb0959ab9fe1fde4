/// A file that keeps a copy of what the kernel moves past this process.
@Netpoller
public final class PlainCopy {
    private let number: Int32
    private let onFailure: @Netpoller (Errno) -> Void
    private var hasFailed = false
    private let pipe: OwnPipe?

    /// For an open descriptor, which stays its owner's; `onFailure` is told of the first write that failed, after which
    /// nothing more is kept.
    package init(_ number: Int32, onFailure: @escaping @Netpoller (Errno) -> Void) {
        self.number = number
        self.onFailure = onFailure
        pipe = OwnPipe.take()
    }

    /// Whether there is a pipe for it.
    var isReady: Bool { pipe != nil }

    /// Keeps what is in a pipe, and takes nothing out of it; says of how many bytes that is done.
    func keep(_ source: OwnPipe) -> Int {
        guard !hasFailed, let pipe else { return source.held }
        do throws(Errno) {
            return try keep(source, through: pipe)
        } catch {
            hasFailed = true
            onFailure(error)
            return source.held
        }
    }

    private func keep(_ source: OwnPipe, through pipe: OwnPipe) throws(Errno) -> Int {
        // Both are as large, so that nearly always all of it goes at once.
        let outcome = try TransferCalls.tee(from: source.reader, to: pipe.writer, upTo: source.held)
        guard case .done(let count) = outcome, count > 0 else { throw .inputOutput }
        pipe.noteFilled(count)
        let isEmpty = try pipe.drain(intoFile: number)
        if !isEmpty { try write(pipe) }
        return count
    }

    /// As write(2) does it, where a file takes nothing from a pipe: one that was opened for appending.
    private func write(_ pipe: OwnPipe) throws(Errno) {
        while pipe.held > 0 {
            let bytes = try pipe.read(upTo: 1 << 16)
            try FileCalls.writeBlocking(number, bytes.span)
        }
    }
}
