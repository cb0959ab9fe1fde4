import SockKit
import Testing

@testable import sockctl

@Suite struct ScannedEventTests {
    @Test func `a place is an address, a state, seconds, and what there is to say of it`() {
        let terminal = Terminal(1, isTerminal: false, color: .never)
        #expect(
            EventSamples.scan.map { $0.text(on: terminal) } == [
                #"127.0.0.1:22 open 0.000213 SSH-2.0-\x1bx"#, "10.0.0.1:80 filtered 3.050000 (no route to host)",
                "10.0.0.1:53 open|silent 2.000000",
            ])
    }

    @Test func `on a terminal it is a row of a table`() {
        let terminal = Terminal(1, isTerminal: true, color: .never)
        let layout = ScanLayout(network: .tcp, width: 15)
        let rows = EventSamples.scan.compactMap { $0 as? ScannedEvent }.map { layout.row($0.finding, on: terminal) }
        #expect(layout.head(on: terminal) == "ADDRESS          STATE         TIME  SERVICE")
        #expect(rows[0].hasPrefix("127.0.0.1:22     open        213 µs  "))
        #expect(rows[1].hasPrefix("10.0.0.1:80      filtered    3.05 s  http            (no route"))
    }
}
