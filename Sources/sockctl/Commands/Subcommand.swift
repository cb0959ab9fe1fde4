import SockKit

/// One command of the program, all in one type: what it is called, its entry in the table, and what it does.
protocol Subcommand: SendableMetatype {
    associatedtype Arguments: RunArguments

    static var name: String { get }

    /// The command that starts what it connects to, for hints.
    static var serverCommand: String { get }

    /// Its entry in the table, which is drawn up when somebody first asks for it.
    static var command: Command<Arguments> { get }

    /// Does what the command line asked for, and returns how it ended.
    @Netpoller
    static func run(_ arguments: Arguments, _ conductor: Conductor) async throws(UsageError) -> ExitStatus
}

/// What every command's arguments have for the one that runs it.
protocol RunArguments: CommandArguments {
    var common: CommonArguments { get }
    /// The limit of the whole run.
    var maximumTime: Duration? { get }
    /// Whether an option is about single reads or writes, so that `-v` shows them.
    var showsTransfers: Bool { get }
    /// Whether reports are JSON Lines although nobody asked for `--json`: then no more is said than without it.
    var reportsObjects: Bool { get }
    /// What people are told instead of the events' own texts, where another program's lines are wanted.
    var wording: (any Wording)? { get }
    /// Where reports go, errors apart: standard output, where that carries no payload.
    var reportTarget: ReporterSettings.Target { get }
}

extension RunArguments {
    var maximumTime: Duration? { nil }
    var showsTransfers: Bool { false }
    var reportsObjects: Bool { false }
    var wording: (any Wording)? { nil }
    var reportTarget: ReporterSettings.Target { .standardError }
}

extension Subcommand {
    static var info: CommandInfo { command.info }
    static var serverCommand: String { "listen" }

    /// Reads the command line, makes the reporter, and runs the command on the main thread, which becomes the loop's.
    /// Returns the status for the shell.
    static func start(_ words: [Word]) -> Int32 {
        let arguments: Arguments
        do throws(UsageError) {
            switch try command.parse(words) {
            case .help: return Screens.printHelp(of: info)
            case .arguments(let parsed): arguments = parsed
            }
        } catch {
            return Reporter(settings(command.salvage(words))).end(Failure(error), .usage)
        }
        let reporter = Reporter(settings(arguments))
        reporter.startTracing()
        do throws(NetpollerFailure) {
            return try Netpoller.run { await conduct(arguments, reporter).code }
        } catch {
            let error = NetworkError(.wait, network: nil, cause: .system(error.errno, call: error.call))
            return reporter.end(Failure(error), .system)
        }
    }

    private static func settings(_ arguments: Arguments) -> ReporterSettings {
        var settings = arguments.common.reporterSettings(target: arguments.reportTarget)
        settings.showsTransfers = arguments.showsTransfers
        if arguments.reportsObjects, !settings.isJSON { (settings.isJSON, settings.isTerse) = (true, true) }
        settings.serverCommand = serverCommand
        settings.wording = arguments.wording
        return settings
    }

    @Netpoller
    private static func conduct(_ arguments: Arguments, _ reporter: Reporter) async -> ExitStatus {
        await Conductor(reporter).run(maximumTime: arguments.maximumTime) { conductor in
            do throws(UsageError) { return try await run(arguments, conductor) } catch { return reporter.fail(error) }
        }
    }
}
