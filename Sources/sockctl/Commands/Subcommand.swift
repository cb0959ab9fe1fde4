import SockKit

/// One command of the program, all in one type: what it is called, its entry in the table, and what it does.
protocol Subcommand: SendableMetatype {
    associatedtype Arguments: RunArguments

    static var name: String { get }

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
    /// Where reports go, errors apart: standard output, where that carries no payload.
    var reportTarget: ReporterSettings.Target { get }
}

extension RunArguments {
    var maximumTime: Duration? { nil }
    var showsTransfers: Bool { false }
    var reportTarget: ReporterSettings.Target { .standardError }
}

extension Subcommand {
    static var info: CommandInfo { command.info }

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
            let salvaged = command.salvage(words)
            let settings = salvaged.common.reporterSettings(target: salvaged.reportTarget)
            return Reporter(settings).end(Failure(error), .usage)
        }
        var settings = arguments.common.reporterSettings(target: arguments.reportTarget)
        settings.showsTransfers = arguments.showsTransfers
        let reporter = Reporter(settings)
        reporter.startTracing()
        do throws(NetpollerFailure) {
            return try Netpoller.run { await conduct(arguments, reporter).code }
        } catch {
            let error = NetworkError(.wait, network: nil, cause: .system(error.errno, call: error.call))
            return reporter.end(Failure(error), .system)
        }
    }

    @Netpoller
    private static func conduct(_ arguments: Arguments, _ reporter: Reporter) async -> ExitStatus {
        await Conductor(reporter).run(maximumTime: arguments.maximumTime) { conductor in
            do throws(UsageError) { return try await run(arguments, conductor) } catch { return reporter.fail(error) }
        }
    }
}
