import SockKit

extension PictureArguments {
    /// Runs an experiment, and writes its picture into the file that was asked for.
    @Netpoller
    func run(
        _ reporter: Reporter, _ experiment: () async -> (status: ExitStatus, plot: Plot?)
    ) async -> ExitStatus {
        guard let svg else { return await experiment().status }
        // A file that cannot be written is better known before the experiment than after it.
        guard let file = PictureFile(svg, reporter) else { return .cannotCreate }
        let (status, plot) = await experiment()
        guard let plot else { return status }
        return file.write(plot.svg, reporter) ? status : .cannotCreate
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
/// never came is removed.
struct PictureFile: ~Copyable {
    private let descriptor: FileDescriptor
    private let path: Word
    private let isNew: Bool

    /// Opens the file; nil, with the failure reported, where that cannot be.
    init?(_ path: Word, _ reporter: Reporter) {
        do throws(Errno) {
            isNew = (try? FileCalls.identity(ofPath: path.byteString)) == nil
            self.path = path
            // A pipe that nobody reads would keep it waiting otherwise.
            descriptor = try FileCalls.open(path.byteString, for: .overwrite, nonBlocking: true)
        } catch {
            var failure = Failure(error, "open", path.text)
            if error == .noSuchDevice { failure.hint = "a pipe that nobody reads takes no picture" }
            reporter.report(FailedEvent(failure))
            return nil
        }
    }

    deinit {
        guard isNew, let identity = try? FileCalls.identity(of: descriptor.rawValue), identity.size == 0 else { return }
        try? FileCalls.remove(path.byteString)
    }

    /// What its end does, for a program that comes to none.
    var tidyUp: @Netpoller () -> Void {
        { [path, isNew] in
            guard isNew, let identity = try? FileCalls.identity(ofPath: path.byteString) else { return }
            if identity.kind == .regular, identity.size == 0 { try? FileCalls.remove(path.byteString) }
        }
    }

    /// Writes the picture; false, with the failure reported, where that fails.
    func write(_ picture: String, _ reporter: Reporter) -> Bool {
        let bytes = Array(picture.utf8)
        do throws(Errno) {
            // Opening may not take its time, writing may.
            try BlockingCalls.setBlocking(true, descriptor.rawValue)
            if try FileCalls.identity(of: descriptor.rawValue).kind == .regular {
                try FileCalls.truncate(descriptor.rawValue)
            }
            try FileCalls.writeBlocking(descriptor.rawValue, bytes.span)
            return true
        } catch {
            reporter.report(FailedEvent(Failure(error, "write", path.text)))
            return false
        }
    }
}
