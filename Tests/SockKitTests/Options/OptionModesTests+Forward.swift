import SockKit
import Testing

@testable import sockctl

/// The modes of `forward`.
extension OptionModesTests {
    private static let common = """
        target timeout retry retry-delay retry-max-delay proxy proxy-auth-file max-conns max-accepts backlog max-time \
        allow deny allow-file deny-file read-timeout write-timeout deadline idle-timeout goodbye close-after output \
        append hex-dump rate max-bytes busy-poll record record-json fault up down control tls tls-accept
        """

    private static let played = """
        target timeout retry retry-delay retry-max-delay proxy proxy-auth-file max-time idle-timeout busy-poll \
        balance replay-speed
        """

    private static let datagrams = """
        target balance timeout max-conns max-accepts max-time allow deny allow-file deny-file idle-timeout close-after \
        output append hex-dump busy-poll record record-json fault up down control replay
        """

    private static let forwardModes = [
        Mode("", .tcp, common + " balance reuse-port max-conns-per-host proxy-protocol replay"),
        Mode("", .unix, common + " balance mode proxy-protocol replay"),
        Mode("", .unixpacket, common.replacing(" tls tls-accept", with: "") + " balance mode replay"),
        Mode("--proxy-protocol both --trust a", .tcp, common + " balance reuse-port max-conns-per-host proxy-version"),
        Mode("--replay a", .tcp, played),
        Mode("--balance random", .tcp, common + " reuse-port max-conns-per-host seed proxy-protocol replay"),
        Mode("", .udp, datagrams + " reuse-port"),
        Mode("", .unixgram, datagrams + " mode"),
        Mode(
            "--fault corrupt=1%", .tcp,
            common.replacing(" fault ", with: " ")
                + " balance reuse-port max-conns-per-host seed proxy-protocol"),
    ]

    @Test(arguments: forwardModes)
    func `forward refuses what a mode has no use for`(mode: Mode) throws {
        try compare(ForwardCommand.self, mode, address: "x", "y")
    }
}
