import SockKit
import Testing

@testable import sockctl

/// The modes of `forward`.
extension OptionModesTests {
    private static let common = """
        target timeout retry retry-delay retry-max-delay max-conns max-accepts backlog max-time allow deny \
        allow-file deny-file read-timeout write-timeout deadline idle-timeout goodbye close-after output append hex-dump \
        rate max-bytes busy-poll fault up down control
        """

    private static let forwardModes = [
        Mode("", .tcp, common + " balance reuse-port max-conns-per-host"),
        Mode("", .unix, common + " balance mode"),
        Mode("--balance random", .tcp, common + " reuse-port max-conns-per-host seed"),
        Mode(
            "--fault corrupt=1%", .tcp,
            common.replacing(" fault ", with: " ") + " balance reuse-port max-conns-per-host seed"),
    ]

    @Test(arguments: forwardModes)
    func `forward refuses what a mode has no use for`(mode: Mode) throws {
        try compare(ForwardCommand.self, mode, address: "x", "y")
    }
}
