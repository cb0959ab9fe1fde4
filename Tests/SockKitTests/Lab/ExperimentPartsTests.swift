import SockKit
import Testing

@testable import sockctl

/// What experiments do on machines that are not as this one.
@Suite struct ExperimentPartsTests {
    @Test(arguments: [(UInt16(0), "0000"), (80, "0050"), (3000, "0BB8"), (65535, "FFFF")])
    func `a port is looked for with four digits, as the kernel's lists have it`(port: UInt16, digits: String) {
        #expect(BothFamilies.digits(of: port) == digits)
    }

    @Test func `only who lacks a right is told that a network of its own is for root`() {
        #expect(AbortOnOverflow.reason(for: .notPermitted).contains("for root only"))
        #expect(AbortOnOverflow.reason(for: .noSpace) == "a network of its own could not be set up: ENOSPC")
    }

    @Test func `a low port is open to everyone, to a capability, or to nobody`() {
        #expect(CannotListen.expected("no error", at: 1, 0, false) == "no error")
        #expect(CannotListen.expected("no error", at: 1, 1024, false) == "EACCES")
        #expect(CannotListen.expected("EADDRNOTAVAIL", at: 1, 1024, true) == "no error")
    }

    @Test func `where the kernel has no range of ports for one socket the rest is judged all the same`() {
        var findings = Findings()
        findings["no such option"] = true
        let last = EphemeralPorts.expectations[2]
        #expect(last.verdict(on: findings).isMet)
        findings["no such option"] = false
        #expect(!last.verdict(on: findings).isMet)
    }

    @Test func `a range of ports that is too narrow is a lack of the machine, and no difference`() async throws {
        let count = try #require(KernelSettings.now.localPorts).count
        let nothing = await Self.lack(of: count)
        #expect(nothing == nil)
        let reason = await Self.lack(of: count + 1)
        #expect(reason?.hasPrefix("net.ipv4.ip_local_port_range has too few ports") == true)
    }

    /// Why an experiment that needs so many ports would not be run.
    @Netpoller
    private static func lack(of ports: Int) -> String? {
        let stage = Stage()
        do throws(Interruption) {
            try stage.requirePorts(ports)
            return nil
        } catch {
            guard case .notRun(let reason) = error else { return "it failed" }
            return reason
        }
    }
}
