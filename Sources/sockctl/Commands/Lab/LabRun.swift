import SockKit

/// What `lab` does.
@Netpoller
struct LabRun {
    private let arguments: LabArguments
    private let conductor: Conductor
    private let reporter: Reporter
    private let experiments: [any Experiment.Type]

    init(_ arguments: LabArguments, _ conductor: Conductor) throws(UsageError) {
        self.arguments = arguments
        self.conductor = conductor
        reporter = conductor.reporter
        experiments = try arguments.experiments
        if arguments.svg != nil, experiments.count != 1 {
            let named = experiments.isEmpty ? "none is" : "\(experiments.count) are"
            throw UsageError(
                "'--svg' draws the timeline of one experiment, and \(named) named",
                hint: "for example: sockctl lab short-read --svg short-read.svg")
        }
        if arguments.isStepped, experiments.isEmpty {
            throw UsageError(
                "'--step' needs an experiment to step through", hint: "for example: sockctl lab short-read --step")
        }
        if arguments.isSlow, experiments.isEmpty {
            throw UsageError(
                "'--slow' needs an experiment to run", hint: "for example: sockctl lab sticky-deadline --slow")
        }
    }

    func run() async -> ExitStatus {
        if arguments.showsUncovered { return listUncovered() }
        let listing = LabListing(reporter)
        if arguments.showsCommands {
            listing.showCommands(of: experiments.isEmpty ? Course.all : experiments)
            return .success
        }
        if experiments.isEmpty {
            listing.showCourse()
            return .success
        }
        return await performAll()
    }

    private func performAll() async -> ExitStatus {
        // Files that cannot be written are better known before the experiments than after them.
        let picture = arguments.svg.flatMap { PictureFile($0, conductor) }
        guard arguments.svg == nil || picture != nil else { return .cannotCreate }
        let page = arguments.html.flatMap { PictureFile($0, conductor) }
        guard arguments.html == nil || page != nil else { return .cannotCreate }
        let outcomes = await perform()
        var status = outcomes.contains { $0.isMet == false } ? ExitStatus.notSo : .success
        // Where it was broken off before anything was seen, there is nothing to show.
        guard let first = outcomes.first else { return status }
        if let picture {
            let drawing = first.timeline.picture(titled: first.experiment.title).document
            if !picture.write(drawing) { status = .cannotCreate }
        }
        if let page, !page.write(LabPage(outcomes).text) { status = .cannotCreate }
        return status
    }

    private func perform() async -> [LabOutcome] {
        let start = Deadline.now
        let narrator = LabNarrator(
            reporter, checks: arguments.checks, nameWidth: experiments.map { $0.name.count }.max() ?? 0)
        let obstacle = await Self.obstacle()
        var outcomes: [LabOutcome] = []
        for (index, experiment) in experiments.enumerated() {
            guard !Task.isCancelled, !reporter.isTargetGone else { break }
            if index > 0 { narrator.part() }
            narrator.begin(experiment)
            let outcome =
                if let obstacle {
                    LabOutcome(notRunning: experiment, obstacle)
                } else {
                    await perform(experiment, narrator)
                }
            // What was broken off has no verdict.
            if Task.isCancelled { break }
            narrator.end(outcome)
            outcomes.append(outcome)
        }
        if experiments.count > 1 { narrator.summarize(outcomes, in: .now - start) }
        return outcomes
    }

    private func perform(_ experiment: any Experiment.Type, _ narrator: LabNarrator) async -> LabOutcome {
        var settings = Stage.Settings()
        settings.isSlow = arguments.isSlow
        settings.onChange = { narrator.timeline = $0 }
        guard arguments.isStepped else { return await experiment.perform(settings) }
        let prompter = LabPrompter(reporter)
        settings.beforeStep = { title in
            // Interrupted: nothing more is told.
            if Task.isCancelled { return }
            narrator.showNews()
            await prompter.wait(before: title)
        }
        let outcome = await experiment.perform(settings)
        if Task.isCancelled { return outcome }
        narrator.timeline = outcome.timeline
        narrator.showNews()
        // Time for the class to say what it makes of that.
        await prompter.wait(before: "what that means")
        return outcome
    }

    /// What keeps every experiment from being run; nil if nothing does.
    private static func obstacle() async -> String? {
        do throws(NetworkError) {
            let listener = try await ListenConfiguration().listen(.tcp4, "127.0.0.1:0")
            defer { listener.close() }
            try await Dialer(timeout: .seconds(10)).dial(.tcp4, "\(listener.endpoint)").close()
            return nil
        } catch {
            // Whatever else is wrong, the experiments themselves say it better.
            guard [.networkUnreachable, .addressNotAvailable].contains(error.errno) else { return nil }
            return "the loopback interface is down: ip link set lo up"
        }
    }

    private func listUncovered() -> ExitStatus {
        LabListing(reporter).showUncovered()
        return .success
    }
}

extension LabArguments {
    /// What is to be run, in the order of the command line.
    fileprivate var experiments: [any Experiment.Type] {
        get throws(UsageError) {
            if meansAll { return Course.all }
            var found: [any Experiment.Type] = []
            for name in names {
                guard let experiment = Course.experiment(named: name.text) else {
                    let near = Suggestion.nearest(to: name.text, among: Course.names)
                    throw UsageError(
                        "there is no experiment '\(name.text)'",
                        hint: near.map { "did you mean '\($0)'?" } ?? "'sockctl lab' lists them")
                }
                found.append(experiment)
            }
            return found
        }
    }
}
