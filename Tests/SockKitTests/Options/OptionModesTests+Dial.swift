import SockKit

/// What has an effect in each mode of this command, besides the options of the network, the socket and the reports.
extension OptionModesTests {
    static let dialModes = [
        Mode(
            "--sh-exec a", .tcp,
            """
            timeout proxy proxy-auth-file fallback-delay source source-port retry retry-delay retry-max-delay max-time close close-after \
            read-timeout write-timeout deadline keep-going idle-timeout goodbye output hex-dump crlf read-size \
            first-read-delay read-delay no-read max-bytes write-size write-delay delay rate frame max-frame \
            separator whole append pty busy-poll tls
            """),
        Mode(
            "", .tcp,
            """
            zero timeout proxy proxy-auth-file fallback-delay source source-port retry retry-delay retry-max-delay reconnect heartbeat \
            heartbeat-text heartbeat-misses send submit writers quit-after shutdown no-shutdown half-open \
            input-grace max-time close close-after read-timeout write-timeout deadline keep-going idle-timeout \
            goodbye send-only recv-only output hex-dump crlf read-size first-read-delay read-delay no-read max-bytes \
            write-size write-delay delay rate frame max-frame separator whole append first-line busy-poll exec \
            sh-exec pty pass-fd tls
            """),
        Mode(
            "--first-line", .tcp,
            """
            timeout proxy proxy-auth-file fallback-delay source source-port retry retry-delay retry-max-delay shutdown no-shutdown \
            max-time close close-after read-timeout write-timeout deadline keep-going idle-timeout goodbye recv-only \
            hex-dump crlf read-size first-read-delay read-delay max-bytes write-size write-delay delay rate \
            busy-poll tls
            """),
        Mode(
            "--send a", .tcp,
            """
            timeout proxy proxy-auth-file fallback-delay source source-port retry retry-delay retry-max-delay interval quit-after max-time \
            count close close-after read-timeout write-timeout idle-timeout output hex-dump read-size append \
            busy-poll tls
            """),
        Mode(
            "--submit", .tcp,
            """
            timeout proxy proxy-auth-file fallback-delay source source-port retry retry-delay retry-max-delay window max-time close \
            close-after read-timeout write-timeout deadline keep-going idle-timeout goodbye hex-dump read-size \
            first-read-delay read-delay max-bytes write-size write-delay rate busy-poll tls
            """),
        Mode(
            "--writers 2", .tcp,
            """
            timeout proxy proxy-auth-file fallback-delay source source-port retry retry-delay retry-max-delay messages message-size \
            unlocked split quit-after no-shutdown max-time close read-timeout write-timeout deadline keep-going \
            idle-timeout goodbye output hex-dump read-size no-read append busy-poll tls
            """),
        Mode(
            "--frame line", .tcp,
            """
            timeout proxy proxy-auth-file fallback-delay source source-port retry retry-delay retry-max-delay heartbeat heartbeat-text \
            heartbeat-misses quit-after shutdown no-shutdown half-open input-grace max-time close close-after \
            read-timeout write-timeout deadline keep-going idle-timeout goodbye send-only recv-only output hex-dump \
            crlf read-size first-read-delay read-delay max-bytes write-size write-delay delay rate max-frame \
            separator whole append busy-poll exec sh-exec pty tls
            """),
        Mode(
            "--reconnect", .tcp,
            """
            timeout proxy proxy-auth-file fallback-delay source source-port retry retry-delay retry-max-delay heartbeat heartbeat-text \
            heartbeat-misses quit-after shutdown no-shutdown max-time close close-after read-timeout write-timeout \
            deadline keep-going idle-timeout goodbye send-only recv-only output hex-dump crlf read-size \
            first-read-delay read-delay no-read max-bytes write-size write-delay delay rate append busy-poll tls
            """),
        Mode(
            "--recv-only", .tcp,
            """
            timeout proxy proxy-auth-file fallback-delay source source-port retry retry-delay retry-max-delay reconnect heartbeat \
            heartbeat-text heartbeat-misses shutdown no-shutdown max-time close close-after read-timeout \
            write-timeout deadline keep-going idle-timeout goodbye output hex-dump read-size first-read-delay \
            read-delay max-bytes rate frame max-frame separator append first-line busy-poll tls
            """),
        Mode(
            "--send-only", .tcp,
            """
            timeout proxy proxy-auth-file fallback-delay source source-port retry retry-delay retry-max-delay reconnect \
            quit-after shutdown no-shutdown half-open input-grace max-time close \
            close-after read-timeout write-timeout deadline keep-going idle-timeout goodbye output hex-dump crlf \
            read-size first-read-delay read-delay no-read max-bytes write-size write-delay delay rate frame \
            max-frame whole append busy-poll tls
            """),
        Mode(
            "--no-read", .tcp,
            """
            timeout proxy proxy-auth-file fallback-delay source source-port retry retry-delay retry-max-delay reconnect heartbeat \
            heartbeat-text writers quit-after shutdown no-shutdown half-open input-grace max-time close close-after \
            write-timeout deadline idle-timeout goodbye send-only hex-dump crlf write-size write-delay delay rate \
            busy-poll exec sh-exec pty tls
            """),
        Mode("--zero", .tcp, "timeout proxy proxy-auth-file source source-port parallel banner yes max-time close tls"),
        Mode("--zero", .udp, "timeout source source-port parallel banner yes max-time tls"),
        Mode("--zero", .unix, "timeout parallel banner yes max-time close tls"),
        Mode("--zero", .unixgram, "timeout parallel banner yes max-time"),
        Mode(
            "", .udp,
            """
            zero timeout proxy proxy-auth-file fallback-delay source source-port retry retry-delay retry-max-delay send quit-after \
            shutdown input-grace max-time count close-after idle-timeout send-only recv-only output hex-dump crlf \
            read-size write-size append busy-poll pass-fd tls
            """),
        Mode(
            "--send a", .udp,
            """
            timeout proxy proxy-auth-file fallback-delay source source-port retry retry-delay retry-max-delay interval quit-after max-time \
            count close-after idle-timeout output hex-dump read-size append busy-poll tls
            """),
        Mode(
            "", .unix,
            """
            zero timeout retry retry-delay retry-max-delay reconnect heartbeat heartbeat-text heartbeat-misses send \
            submit writers quit-after shutdown no-shutdown half-open input-grace max-time close close-after \
            read-timeout write-timeout deadline keep-going idle-timeout goodbye send-only recv-only output hex-dump \
            crlf read-size first-read-delay read-delay no-read max-bytes write-size write-delay delay rate frame \
            max-frame separator whole append first-line busy-poll exec sh-exec pty pass-fd tls
            """),
        Mode(
            "", .unixgram,
            """
            zero timeout source retry retry-delay retry-max-delay send quit-after shutdown input-grace max-time \
            count close-after idle-timeout send-only recv-only output hex-dump crlf read-size write-size append \
            busy-poll pass-fd
            """),
        Mode(
            "", .unixpacket,
            """
            zero timeout retry retry-delay retry-max-delay reconnect heartbeat heartbeat-text heartbeat-misses send \
            quit-after shutdown no-shutdown half-open input-grace max-time close close-after read-timeout \
            write-timeout deadline keep-going idle-timeout goodbye send-only recv-only output hex-dump crlf \
            read-size first-read-delay read-delay no-read max-bytes write-size write-delay delay rate append \
            busy-poll exec sh-exec pty pass-fd
            """),
    ]
}
