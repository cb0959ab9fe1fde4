import SockKit

/// What came of one run of an experiment.
struct LabOutcome: Sendable {
    enum Result: Sendable {
        /// It was carried through: these are its verdicts.
        case judged([Verdict])
        /// Something that should have worked did not.
        case failed(String)
        /// This machine or user lacks something.
        case notRun(String)
    }

    let experiment: any Experiment.Type
    let timeline: Timeline
    let findings: Findings
    let result: Result
    let took: Duration

    init(
        experiment: any Experiment.Type, timeline: Timeline, findings: Findings, result: Result, took: Duration
    ) {
        self.experiment = experiment
        self.timeline = timeline
        self.findings = findings
        self.result = result
        self.took = took
    }

    /// That of an experiment that was not even begun.
    init(notRunning experiment: any Experiment.Type, _ reason: String) {
        self.init(
            experiment: experiment, timeline: Timeline(), findings: Findings(), result: .notRun(reason), took: .zero)
    }

    var verdicts: [Verdict] { if case .judged(let verdicts) = result { verdicts } else { [] } }

    /// Whether it was run and everything expected was seen; nil if it was not run.
    var isMet: Bool? {
        switch result {
        case .judged(let verdicts): verdicts.allSatisfy(\.isMet)
        case .failed: false
        case .notRun: nil
        }
    }
}

extension Experiment {
    /// The longest that a run may take: more is a failure of its own.
    private static func patience(_ settings: Stage.Settings) -> Duration {
        settings.limit ?? (settings.isSlow ? .seconds(300) : .seconds(30))
    }

    /// Runs it once on a stage of its own.
    @Netpoller
    static func perform(_ settings: Stage.Settings = Stage.Settings()) async -> LabOutcome {
        let stage = Stage(settings)
        let start = Deadline.now
        let body = Netpoller.spawn { () async -> Interruption? in
            do throws(Interruption) {
                try await run(stage)
                return nil
            } catch {
                return error
            }
        }
        // In front of people there is no hurry.
        let limit = settings.beforeStep == nil ? patience(settings) : .seconds(86_400)
        let alarm = Netpoller.spawn { () async -> Bool in
            guard await Netpoller.sleep(for: limit) else { return false }
            body.cancel()
            return true
        }
        let interruption = await Netpoller.join(body)
        alarm.cancel()
        let isLate = await Netpoller.join(alarm)
        stage.clearAway()
        let result: LabOutcome.Result =
            if isLate {
                .failed("it was not over after \(Quantity.duration(limit))")
            } else {
                switch interruption {
                case nil: .judged(expectations.map { $0.verdict(on: stage.findings) })
                case .failure(let error): .failed("\(error)")
                case .notRun(let reason): .notRun(reason)
                }
            }
        return LabOutcome(
            experiment: self, timeline: stage.timeline, findings: stage.findings, result: result, took: .now - start)
    }
}
