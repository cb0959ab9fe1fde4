import SockKit

/// `sockctl generate DIRECTORY`: writes the manual pages and completions that are committed. For maintainers only, so it
/// is in no table.
enum Generator {
    static func run(_ words: [Word]) -> Int32 {
        guard words.count == 1, let root = words.first?.text, !root.hasPrefix("-") else {
            let error = UsageError("generate takes the repository's folder: sockctl generate .")
            return Reporter(ReporterSettings()).end(Failure(error), .usage)
        }
        for (path, text) in files + (ExperimentFolders.list(in: root).map { [$0] } ?? []) {
            do throws(Errno) {
                let file = try FileCalls.open("\(root)/\(path)", for: .write)
                try FileCalls.writeBlocking(file.rawValue, Array(text.utf8).span)
            } catch {
                return Reporter(ReporterSettings()).end(Failure(error, "write", "\(root)/\(path)"), .cannotCreate)
            }
        }
        return ExitStatus.success.code
    }

    /// Every generated file: its path in the repository, and what must be in it.
    static var files: [(path: String, text: String)] {
        let program = Program.sockctl
        let date = "November 28, 2026"
        let page = ManPage(date: date)
        return [
            ("man/sockctl.1", page.text(of: program)),
            ("man/sockctl-lab.7", LabManual.text(date: date)),
            ("completions/sockctl.bash", BashCompletion.text(of: program)),
            ("completions/_sockctl", ZshCompletion.text(of: program)),
            ("completions/sockctl.fish", FishCompletion.text(of: program)),
        ] + program.commands.map { ("man/sockctl-\($0.name).1", page.text(of: $0, in: program)) }
    }
}
