@testable import SockKit

@testable import sockctl

extension EventSamples {
    static let scan: [any sockctl::Event] = [
        ScannedEvent(
            network: .tcp,
            finding: ScanFinding(
                remote: Endpoint("127.0.0.1:22")!, state: .open, duration: .nanoseconds(213_400),
                banner: Array("SSH-2.0-\u{1b}x".utf8))),
        ScannedEvent(
            network: .tcp,
            finding: ScanFinding(
                remote: Endpoint("10.0.0.1:80")!, state: .filtered, duration: .milliseconds(3050),
                reason: .hostUnreachable)),
        ScannedEvent(
            network: .udp,
            finding: ScanFinding(remote: Endpoint("10.0.0.1:53")!, state: .silent, duration: .seconds(2))),
    ]
}
