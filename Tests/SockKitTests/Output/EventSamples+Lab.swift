@testable import sockctl

extension EventSamples {
    static let lab: [any sockctl::Event] = [
        ExperimentEvent(
            experiment: "short-read", chapter: "Reading", title: "A read", documents: ["001"], behaviours: ["B52"],
            claim: "It does.", question: "Does it?", lesson: "It does."),
        HappenedEvent(experiment: "short-read", kind: "step", text: "The client writes", at: .milliseconds(1)),
        HappenedEvent(
            experiment: "short-read", kind: "call", lane: "server", text: "read(10)", result: "2", failed: false,
            at: .milliseconds(1), seconds: .microseconds(3)),
        HappenedEvent(
            experiment: "short-read", kind: "fact", lane: "kernel", text: "2 bytes", source: "SIOCINQ",
            at: .milliseconds(1)),
        FoundEvent(experiment: "short-read", name: "first", value: .integer(2)),
        VerdictEvent(
            experiment: "short-read", met: true, says: "2", here: "2 bytes", why: "They were there.", document: "right"),
        VerdictEvent(
            experiment: "short-read", met: false, here: "3 bytes", why: "They were there.", document: "silent",
            faults: ["'first' was 3 and should be 2"]),
        ExperimentEndedEvent(experiment: "short-read", outcome: "met", seconds: .milliseconds(2)),
        ExperimentEndedEvent(
            experiment: "short-read", outcome: "not-run", reason: "no IPv6", seconds: .milliseconds(2)),
    ]
}
