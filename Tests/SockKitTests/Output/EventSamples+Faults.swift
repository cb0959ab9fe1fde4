@testable import sockctl

extension EventSamples {
    static let faults: [any sockctl::Event] = [
        FaultEvent(ends: ends, fault: "latency=100ms,share=0.1", direction: "both", acts: false),
        FaultEvent(ends: ends, fault: "reset-after=64K", direction: "down", acts: true),
    ]
}
