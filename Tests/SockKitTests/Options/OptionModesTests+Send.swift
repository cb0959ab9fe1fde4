import SockKit

/// What has an effect in each mode of this command, besides the options of the network, the socket and the reports.
extension OptionModesTests {
    static let sendModes = [
        Mode(
            "", .udp,
            """
            whole chunk chomp size interval rate wait source unconnected broadcast multicast-interface no-fragment \
            proxy proxy-auth-file tls
            """),
        Mode(
            "--whole", .udp,
            """
            interval rate wait source unconnected broadcast multicast-interface no-fragment proxy proxy-auth-file tls
            """),
        Mode(
            "--size 20", .udp,
            """
            count interval rate wait source unconnected broadcast multicast-interface no-fragment proxy proxy-auth-file tls
            """),
        Mode("", .unixgram, "whole chunk chomp size interval rate wait source unconnected"),
    ]
}
