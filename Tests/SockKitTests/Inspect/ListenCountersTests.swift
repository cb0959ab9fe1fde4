import Testing

@testable import SockKit

@Suite struct ListenCountersTests {
    @Test func `counters are found by name, whatever stands before them`() {
        let text = "TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 7 12 13\nIpExt: X\nIpExt: 1\n"
        let counters = ListenCounters(netstat: text)
        #expect(counters?.overflows == 12)
        #expect(counters?.drops == 13)
    }

    @Test(arguments: ["", "TcpExt: ListenOverflows\n", "TcpExt: A B\nTcpExt: 1 2\n", "IpExt: X\nIpExt: 1\n"])
    func `a file that does not have them is no zero`(text: String) {
        #expect(ListenCounters(netstat: text) == nil)
    }

    @Test func `this kernel has them`() {
        #expect(ListenCounters.now != nil)
    }
}
