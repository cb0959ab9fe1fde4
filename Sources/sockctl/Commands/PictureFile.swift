import SockKit

extension PictureArguments {
    /// Runs an experiment, and writes its picture into the file that was asked for.
    @Netpoller
    func run(
        _ conductor: Conductor, _ experiment: () async -> (status: ExitStatus, plot: Plot?)
    ) async -> ExitStatus {
        guard let svg else { return await experiment().status }
        // A file that cannot be written is better known before the experiment than after it.
        guard let file = PictureFile(svg, conductor) else { return .cannotCreate }
        let (status, plot) = await experiment()
        guard let plot else { return status }
        return file.write(plot.svg) ? status : .cannotCreate
    }

    /// The plot in characters, if it is to stand among the reports, of at most so many columns.
    func drawing(of plot: Plot, for reporter: Reporter, columns: Int) -> String? {
        let terminal = reporter.targetTerminal
        return draws(reporter) ? plot.text(on: terminal, columns: min(terminal.columns, columns)) : nil
    }
}

/// The file of `--svg` or `--html`, opened before the measuring so that it does not fail for want of a directory.
///
/// What it held before stays until there is a picture to put in its place; a file that was made for a picture that
/// never came is removed, also where a signal ends the program at once.
@Netpoller
final class PictureFile {
    private let path: Word
    private let file: ReservedFile
    private let reporter: Reporter

    /// Opens the file; nil, with the failure reported, where that cannot be.
    init?(_ path: Word, _ conductor: Conductor) {
        self.path = path
        reporter = conductor.reporter
        do throws(Errno) { file = try ReservedFile(path.byteString) } catch {
            conductor.reporter.report(FailedEvent(Failure(error, openingOutput: path)))
            return nil
        }
        conductor.leftovers.append { [weak self] in self?.withdraw() }
    }

    isolated deinit { withdraw() }

    private func withdraw() { file.made?.remove() }

    /// Writes the picture; false, with the failure reported, where that fails.
    func write(_ picture: String) -> Bool {
        let bytes = Array(picture.utf8)
        do throws(Errno) {
            // Opening may not take its time, writing may.
            try BlockingCalls.setBlocking(true, file.number)
            try file.cut()
            try FileCalls.writeBlocking(file.number, bytes.span)
            return true
        } catch {
            reporter.report(FailedEvent(Failure(error, "write", path.text)))
            return false
        }
    }
}
