import SockKit

/// What has an effect in each mode of this command, besides the options of the network, the socket and the reports.
extension OptionModesTests {
    static let listenModes = [
        Mode(
            "--sh-exec a", .tcp,
            """
            keep-open max-accepts max-conns timeout backlog accept-delay reuse-port max-time close close-after \
            read-timeout write-timeout deadline keep-going idle-timeout goodbye output hex-dump crlf read-size \
            first-read-delay read-delay no-read max-bytes write-size write-delay delay rate frame max-frame \
            separator whole append pty busy-poll activated allow allow-file deny deny-file max-conns-per-host tls
            """),
        Mode(
            "", .tcp,
            """
            serve keep-open max-accepts max-conns timeout io-model backlog accept-delay no-accept reuse-port readers \
            message-size quit-after shutdown no-shutdown half-open input-grace max-time close close-after \
            read-timeout write-timeout deadline keep-going idle-timeout goodbye send-only recv-only output hex-dump \
            crlf read-size first-read-delay read-delay no-read max-bytes write-size write-delay delay rate frame \
            max-frame separator whole append busy-poll exec sh-exec pty allow deny allow-file deny-file \
            max-conns-per-host activated tls
            """),
        Mode(
            "-k", .tcp,
            """
            serve keep-open max-accepts max-conns timeout io-model backlog accept-delay no-accept reuse-port \
            shutdown no-shutdown input-grace max-time close close-after read-timeout \
            write-timeout deadline keep-going idle-timeout goodbye send-only recv-only output hex-dump crlf \
            read-size first-read-delay read-delay no-read max-bytes write-size write-delay delay rate frame \
            max-frame separator whole append busy-poll exec sh-exec pty queue slow allow deny allow-file deny-file \
            max-conns-per-host activated tls
            """),
        Mode(
            "--serve chat", .tcp,
            """
            keep-open max-accepts max-conns timeout backlog accept-delay reuse-port queue slow max-time close \
            close-after read-timeout write-timeout deadline keep-going idle-timeout goodbye send-only recv-only \
            output hex-dump read-size first-read-delay read-delay max-bytes write-size write-delay rate append allow \
            deny allow-file deny-file max-conns-per-host busy-poll activated tls
            """),
        Mode(
            "--serve proxy", .tcp,
            """
            keep-open max-accepts max-conns timeout backlog accept-delay reuse-port max-time close close-after \
            read-timeout write-timeout deadline idle-timeout read-size first-read-delay read-delay max-bytes \
            write-size write-delay rate allow deny allow-file deny-file max-conns-per-host busy-poll activated \
            proxy-auth proxy-auth-file target-allow target-deny open tls
            """),
        Mode(
            "--serve broker", .tcp,
            """
            keep-open max-accepts max-conns timeout backlog accept-delay reuse-port queue slow max-time close \
            close-after read-timeout write-timeout deadline keep-going idle-timeout goodbye send-only recv-only \
            output hex-dump crlf read-size first-read-delay read-delay max-bytes write-size write-delay rate append \
            allow deny allow-file deny-file max-conns-per-host busy-poll activated tls
            """),
        Mode(
            "--serve echo", .tcp,
            """
            keep-open max-accepts max-conns timeout io-model backlog accept-delay reuse-port max-time close \
            close-after read-timeout write-timeout deadline keep-going idle-timeout goodbye read-size \
            first-read-delay read-delay max-bytes write-size write-delay rate frame max-frame busy-poll allow deny \
            allow-file deny-file max-conns-per-host activated tls
            """),
        Mode(
            "--serve discard", .tcp,
            """
            keep-open max-accepts max-conns timeout backlog accept-delay reuse-port readers message-size max-time \
            close close-after read-timeout write-timeout deadline keep-going idle-timeout goodbye read-size \
            first-read-delay read-delay max-bytes write-size write-delay rate frame max-frame busy-poll allow deny \
            allow-file deny-file max-conns-per-host activated tls
            """),
        Mode(
            "--serve chargen", .tcp,
            """
            keep-open max-accepts max-conns timeout backlog accept-delay reuse-port max-time close close-after \
            read-timeout write-timeout deadline keep-going idle-timeout goodbye read-size first-read-delay \
            read-delay no-read max-bytes write-size write-delay rate busy-poll allow deny allow-file deny-file \
            max-conns-per-host activated tls
            """),
        Mode(
            "--serve time", .tcp,
            """
            keep-open max-accepts max-conns timeout backlog accept-delay reuse-port max-time close close-after \
            write-timeout deadline idle-timeout goodbye write-size write-delay rate busy-poll allow deny allow-file \
            deny-file max-conns-per-host activated tls
            """),
        Mode(
            "--serve frames", .tcp,
            """
            keep-open max-accepts max-conns timeout backlog accept-delay reuse-port max-time close close-after \
            read-timeout write-timeout deadline keep-going idle-timeout goodbye read-size first-read-delay \
            read-delay max-bytes write-size write-delay rate busy-poll allow deny allow-file deny-file \
            max-conns-per-host activated tls
            """),
        Mode(
            "--io-model spin", .tcp,
            """
            serve keep-open max-accepts timeout backlog reuse-port max-time read-size activated
            """),
        Mode("--no-accept", .tcp, "keep-open backlog reuse-port max-time activated"),
        Mode(
            "--recv-only", .tcp,
            """
            serve keep-open max-accepts max-conns timeout backlog accept-delay reuse-port readers message-size \
            shutdown no-shutdown max-time close close-after read-timeout write-timeout deadline keep-going \
            idle-timeout goodbye output hex-dump read-size first-read-delay read-delay max-bytes rate frame \
            max-frame separator append busy-poll allow deny allow-file deny-file max-conns-per-host activated tls
            """),
        Mode(
            "--send-only", .tcp,
            """
            serve keep-open max-accepts max-conns timeout backlog accept-delay reuse-port quit-after shutdown \
            no-shutdown half-open input-grace max-time close close-after read-timeout write-timeout deadline \
            keep-going idle-timeout goodbye output hex-dump crlf read-size first-read-delay read-delay no-read \
            max-bytes write-size write-delay delay rate frame max-frame whole append busy-poll allow deny allow-file \
            deny-file max-conns-per-host activated tls
            """),
        Mode(
            "--no-read", .tcp,
            """
            serve keep-open max-accepts max-conns timeout backlog accept-delay reuse-port quit-after shutdown \
            no-shutdown half-open input-grace max-time close close-after write-timeout deadline idle-timeout goodbye \
            send-only hex-dump crlf write-size write-delay delay rate busy-poll exec sh-exec pty allow deny \
            allow-file deny-file max-conns-per-host activated tls
            """),
        Mode(
            "--frame line", .tcp,
            """
            serve keep-open max-accepts max-conns timeout backlog accept-delay reuse-port quit-after shutdown \
            no-shutdown half-open input-grace max-time close close-after read-timeout write-timeout deadline \
            keep-going idle-timeout goodbye send-only recv-only output hex-dump crlf read-size first-read-delay \
            read-delay max-bytes write-size write-delay delay rate max-frame separator whole append busy-poll exec \
            sh-exec pty allow deny allow-file deny-file max-conns-per-host activated tls
            """),
        Mode(
            "--readers 2", .tcp,
            """
            serve max-accepts max-conns timeout backlog accept-delay reuse-port message-size quit-after shutdown \
            no-shutdown half-open input-grace max-time close close-after read-timeout write-timeout deadline \
            keep-going idle-timeout goodbye recv-only output hex-dump crlf read-size first-read-delay read-delay \
            max-bytes write-size write-delay delay rate append busy-poll allow deny allow-file deny-file \
            max-conns-per-host activated tls
            """),
        Mode(
            "", .udp,
            """
            serve keep-open timeout reuse-port quit-after shutdown input-grace max-time count idle-timeout send-only \
            recv-only output hex-dump crlf read-size write-size append busy-poll allow deny allow-file deny-file \
            activated tls
            """),
        Mode(
            "--serve echo", .udp,
            """
            keep-open timeout reuse-port max-time count busy-poll allow deny allow-file deny-file activated tls
            """),
        Mode(
            "", .unix,
            """
            serve keep-open max-accepts max-conns timeout io-model backlog accept-delay no-accept mode readers \
            message-size quit-after shutdown no-shutdown half-open input-grace max-time close close-after \
            read-timeout write-timeout deadline keep-going idle-timeout goodbye send-only recv-only output hex-dump \
            crlf read-size first-read-delay read-delay no-read max-bytes write-size write-delay delay rate frame \
            max-frame separator whole append busy-poll exec sh-exec pty allow deny allow-file deny-file activated tls
            """),
        Mode(
            "", .unixpacket,
            """
            serve keep-open max-accepts max-conns timeout backlog accept-delay no-accept mode quit-after shutdown \
            no-shutdown half-open input-grace max-time close close-after read-timeout write-timeout deadline \
            keep-going idle-timeout goodbye send-only recv-only output hex-dump crlf read-size first-read-delay \
            read-delay no-read max-bytes write-size write-delay delay rate append busy-poll exec sh-exec pty allow \
            deny allow-file deny-file activated
            """),
    ]
}
