import SockKit

/// What is printed instead of running a command: help and the version.
enum Screens {
    static let version = "0.1.0"

    static func printVersion() -> Int32 {
        write("sockctl \(version)\n")
    }

    /// The help of a command, or of the whole program.
    static func printHelp(of command: CommandInfo? = nil) -> Int32 {
        let terminal = Terminal(1, color: .auto)
        let screen = HelpScreen(width: terminal.columns, isStyled: terminal.isTerminal)
        return write(command.map { screen.text(of: $0) } ?? screen.text(of: Program.sockctl))
    }

    private static func write(_ text: String) -> Int32 {
        do throws(Errno) {
            try FileCalls.writeBlocking(1, Array(text.utf8).span)
            return ExitStatus.success.code
        } catch {
            // A pager that was closed early is no failure.
            if error == .brokenPipe { return ExitStatus.success.code }
            let failure = NetworkError(.write, .standardOutput, cause: .system(error, call: "write"))
            return Reporter(ReporterSettings()).end(Failure(failure), .inputOutput)
        }
    }
}
