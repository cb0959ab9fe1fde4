import SockKit

/// The commands as they run: each row of the program's table, and what it does.
enum CommandTable {
    static let names = ["listen", "dial", "udp-send", "udp-recv", "backlog-probe", "write-block-probe"]

    /// Runs the command of that name, and returns the status for the shell.
    static func run(_ name: String, _ words: [String]) -> Int32 {
        switch name {
        case "listen":
            return run(ListenCommand.command, words) {
                (arguments, conductor) async throws(UsageError) in
                try await Listen(arguments, conductor).run()
            }
        case "dial":
            return run(DialCommand.command, words) {
                (arguments, conductor) async throws(UsageError) in
                try await Dial(arguments, conductor).run()
            }
        case "udp-send":
            return run(UDPSendCommand.command, words) {
                (arguments, conductor) async throws(UsageError) in
                try await UDPSend(arguments, conductor).run()
            }
        case "udp-recv":
            return run(UDPReceiveCommand.command, words) {
                (arguments, conductor) async throws(UsageError) in
                try await UDPReceive(arguments, conductor).run()
            }
        case "backlog-probe":
            return run(BacklogProbeCommand.command, words) {
                (arguments, conductor) async throws(UsageError) in
                try await BacklogProbeRun(arguments, conductor).run()
            }
        case "write-block-probe":
            return run(WriteBlockProbeCommand.command, words) {
                (arguments, conductor) async throws(UsageError) in
                try await WriteBlockProbeRun(arguments, conductor).run()
            }
        default:
            preconditionFailure("the table names a command that nothing runs: \(name)")
        }
    }

    /// Reads the command line, makes the reporter, and runs the command on the main thread, which becomes the loop's.
    private static func run<Arguments: RunArguments>(
        _ command: Command<Arguments>, _ words: [String],
        _ body: @escaping @Netpoller @Sendable (Arguments, Conductor) async throws(UsageError) -> ExitStatus
    ) -> Int32 {
        let arguments: Arguments
        do throws(UsageError) {
            switch try command.parse(words) {
            case .help: return Screens.printHelp(of: command.info)
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
            return try Netpoller.run { await conduct(arguments, reporter, body).code }
        } catch {
            let error = NetworkError(.set, network: nil, cause: .system(error.errno, call: error.call))
            return reporter.end(Failure(error), .system)
        }
    }

    @Netpoller
    private static func conduct<Arguments: RunArguments>(
        _ arguments: Arguments, _ reporter: Reporter,
        _ body: @escaping @Netpoller @Sendable (Arguments, Conductor) async throws(UsageError) -> ExitStatus
    ) async -> ExitStatus {
        await Conductor(reporter).run(maximumTime: arguments.maximumTime) { conductor in
            do throws(UsageError) { return try await body(arguments, conductor) } catch { return reporter.fail(error) }
        }
    }
}

/// What every command's arguments have for the one that runs it.
protocol RunArguments: Sendable {
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

extension BacklogProbeArguments: RunArguments {
    var reportTarget: ReporterSettings.Target { .standardOutput }
}

extension ListenArguments: RunArguments {
    var common: CommonArguments { peer.common }
    var maximumTime: Duration? { peer.ending.maximumTime }
    var showsTransfers: Bool { peer.pace.isAboutSingleTransfers }
}

extension DialArguments: RunArguments {
    var common: CommonArguments { peer.common }
    var maximumTime: Duration? { peer.ending.maximumTime }
    var showsTransfers: Bool { peer.pace.isAboutSingleTransfers }
}

extension WriteBlockProbeArguments: RunArguments {
    var reportTarget: ReporterSettings.Target { .standardOutput }
    /// Each write is a part of the report, which is the product: it needs no `-v`.
    var common: CommonArguments {
        var common = reports
        common.verbosity = max(common.verbosity, 2)
        return common
    }
}
