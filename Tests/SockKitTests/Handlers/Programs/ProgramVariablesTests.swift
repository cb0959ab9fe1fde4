import SockKit
import Testing

@testable import sockctl

@Suite struct ProgramVariablesTests {
    private func values(_ network: Network, _ local: Endpoint, _ remote: Endpoint) -> [String: String] {
        let values = ProgramVariables.values(of: Ends(network, local: local, remote: remote))
        return Dictionary(uniqueKeysWithValues: values.map { ("\($0.name)", "\($0.value)") })
    }

    @Test func `a program finds TCP's addresses by all their names`() throws {
        let found = values(.tcp, try #require(Endpoint("127.0.0.1:80")), try #require(Endpoint("127.0.0.2:4000")))
        #expect(found["SOCKCTL_PROTO"] == "TCP" && found["SOCKCTL_REMOTE_ADDR"] == "127.0.0.2")
        #expect(found["TCPREMOTEIP"] == "127.0.0.2" && found["TCPLOCALPORT"] == "80")
    }

    @Test func `a machine's number on vsock is not given as an IP address`() {
        let found = values(
            .vsock, .vsock(VsockAddress(cid: 1, port: 80)), .vsock(VsockAddress(cid: 3, port: 4000)))
        #expect(found["SOCKCTL_PROTO"] == "VSOCK" && found["SOCKCTL_REMOTE_ADDR"] == "3")
        #expect(found.keys.filter { $0.hasPrefix("TCP") }.isEmpty)
    }
}
