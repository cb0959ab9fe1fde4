import SockKit
import Testing

@testable import sockctl

/// The modes of what receives datagrams.
extension OptionModesTests {
    private static let receiveModes = [
        Mode(
            "", .udp,
            """
            count timeout reply stats separator buffer first-read-delay join reuse-port output append hex-dump \
            allow deny allow-file deny-file tls
            """),
        Mode(
            "--tls", .udp,
            """
            count timeout reply stats separator buffer reuse-port output append hex-dump \
            allow deny allow-file deny-file max-conns-per-host tls-verify-client tls-cert tls-alpn tls-min tls-max \
            tls-ciphers tls-key-log tls-handshake-timeout
            """),
    ]

    @Test(arguments: receiveModes)
    func `udp-recv refuses what a mode has no use for`(mode: Mode) throws {
        try compare(UDPReceiveCommand.self, mode, address: "x")
    }
}
