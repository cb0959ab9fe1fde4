import SockKit

/// `forward --replay`.
@Netpoller
struct ForwardReplay {
    private let arguments: ForwardArguments
    private let file: Word
    private let conductor: Conductor
    private let targets: [ForwardPlace]
    private let resolver: Resolver

    init(_ arguments: ForwardArguments, _ file: Word, _ conductor: Conductor) throws(UsageError) {
        self.arguments = arguments
        self.file = file
        self.conductor = conductor
        targets = try arguments.replayPlaces()
        resolver = try arguments.network.resolver()
        try ForwardCommand.command.check(arguments.given, on: targets[0].network.traits)
    }

    func run() async -> ExitStatus {
        arguments.waiting.apply()
        let reporter = conductor.reporter
        do throws(NetworkError) {
            let recording = try await Recording.read(file.byteString)
            let dialer = try await arguments.dialer(to: targets, resolver, reporter)
            let run = ReplayRun(
                recording, dialer, targets[0].network,
                speed: arguments.record.speed, patience: arguments.deadlines.idleTimeout, reporter)
            return await run.run()
        } catch {
            return error.cause == .cancelled ? .success : reporter.fail(error)
        }
    }
}
