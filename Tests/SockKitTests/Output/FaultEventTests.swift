import SockKit
import Testing

@testable import sockctl

@Suite struct FaultEventTests {
    @Test func `people read whether a fault begins or acts`() {
        let terminal = Terminal(1, isTerminal: false, color: .never)
        #expect(
            EventSamples.faults.map { $0.text(on: terminal) } == [
                "fault on 127.0.0.1:40112: latency=100ms,share=0.1 both ways",
                "fault acts on 127.0.0.1:40112: reset-after=64K on the way down",
            ])
    }

    @Test func `programs read the same`() {
        let members = EventSamples.faults.map { Array($0.members.suffix(3)) }
        #expect(
            members.map { sockctl::JSONValue.object($0).text } == [
                #"{"fault":"latency=100ms,share=0.1","direction":"both","acts":false}"#,
                #"{"fault":"reset-after=64K","direction":"down","acts":true}"#,
            ])
    }
}
