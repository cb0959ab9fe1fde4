import SockKit

/// A run of an experiment as events.
struct LabEvents {
    private let outcome: LabOutcome
    private let name: String

    init(_ outcome: LabOutcome) {
        self.outcome = outcome
        name = outcome.experiment.name
    }

    var happened: [HappenedEvent] {
        outcome.timeline.items.map { item in
            switch item {
            case .step(let title, let time): HappenedEvent(experiment: name, kind: "step", text: title, at: time)
            case .entry(let entry):
                HappenedEvent(
                    experiment: name, kind: entry.kind.rawValue, lane: entry.lane.rawValue, text: entry.text,
                    result: entry.result, failed: entry.kind == .call ? entry.failed : nil, source: entry.source,
                    at: entry.start, seconds: entry.kind == .call ? entry.end.map { $0 - entry.start } : nil)
            }
        }
    }

    var found: [FoundEvent] {
        outcome.findings.names.compactMap { key in
            outcome.findings[key].map { FoundEvent(experiment: name, name: key, value: $0.json) }
        }
    }

    var verdicts: [VerdictEvent] {
        outcome.verdicts.map { verdict in
            let expectation = verdict.expectation
            return VerdictEvent(
                experiment: name, met: verdict.isMet, says: expectation.says.isEmpty ? nil : expectation.says,
                here: verdict.here, why: verdict.why, document: expectation.document.rawValue,
                faults: verdict.isMet ? nil : verdict.faults)
        }
    }

    var ended: ExperimentEndedEvent {
        switch outcome.result {
        case .judged:
            ExperimentEndedEvent(
                experiment: name, outcome: outcome.isMet == true ? "met" : "failed", seconds: outcome.took)
        case .failed(let reason):
            ExperimentEndedEvent(
                experiment: name, outcome: "failed", reason: reason, seconds: outcome.took)
        case .notRun(let reason):
            ExperimentEndedEvent(
                experiment: name, outcome: "not-run", reason: reason, seconds: outcome.took)
        }
    }
}
