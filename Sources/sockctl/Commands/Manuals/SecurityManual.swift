extension Manual.Section {
    /// Whom the program believes what, and how much of anything it takes.
    static let security = Manual.Section(
        "SECURITY",
        """
        Whoever types the command line is trusted, and so are the environment, the files that are named, and the programs \
        of `--exec` and `--sh-exec`. Peers are not: neither what they send, nor what they call themselves, nor how much \
        they send, nor how long they take. Proxies and servers of names are peers as well.
        """,
        .terms([
            (
                "Who can connect",
                """
                This machine alone, unless the address says otherwise: a bare port is 127.0.0.1, and the line `listening` \
                says who can reach it. Three speak to every interface without being told: `http-serve` without any \
                address, which is port 80; `nc -l`, as every nc does; and `udp-recv --join` with a bare port, since \
                who is bound to an address of this machine hears no group. Name an address there, after `--join` the \
                group's own. A proxy that others can reach does not start before it is told whom it serves.
                """
            ),
            (
                "Programs for peers",
                """
                A program is given the peer's address in its environment, where it is text and nothing else: quote it in \
                a shell. It runs as the user who started the server, and may do what he may.
                """
            ),
            (
                "Terminals",
                """
                What a peer has written is in a report only as text: control characters, and those that are invisible \
                or turn the direction of a line, are spelled out, as `\\x1b`, but for those that make one sign of \
                several, as emoji need them; and a report of one stays on its line. With `--json` every line is one \
                object, whatever a peer calls itself. The payload on standard output is not touched: what it does to a \
                terminal is the business of whoever sent it there. What a program of `--exec` says on standard error \
                is its own, but with `-v` and `--json` it is a report.
                """
            ),
            (
                "Passwords",
                """
                They are in no report and no trace: `Authorization` and `Proxy-Authorization` are shown without their \
                value, and a URL without its user. Those of a file, as `--proxy-auth-file` and `--tls-password-file` \
                name one, are in no list of processes either; those of the command line other users may see there. What \
                `-x`, `--record` and `--tls-key-log` write may hold secrets, for that is what they are for.
                """
            ),
            (
                "Files",
                """
                A file is never written through a link that another user has put into a sticky folder, as /tmp is one. \
                A file that is there is written over, whoever owns it. What holds keys, for `--tls-key-log` (or \
                SSLKEYLOGFILE) and `--tls-session`, is for its owner only: keys go to no file and no pipe of another \
                user, and sessions that others may read or write are not believed. A folder of `http-serve --root` is \
                left by no path and no link, and names that begin with a dot are not served.
                """
            ),
            (
                "Unix sockets",
                """
                The file has mode 0600 from its first moment, or that of `--mode`: at no time more than that. It takes \
                the place of a socket behind which nobody is, and of nothing else; a link is not followed. Abstract \
                names have no mode: everybody on this machine can connect.
                """
            ),
            (
                "TLS",
                """
                1.2 and 1.3, with the ciphers that the system's OpenSSL allows. Servers have to prove who they are; a \
                handshake has 10 seconds. With `--tls-insecure` everybody may listen in, and each time it is said.
                """
            ),
            (
                "The program",
                """
                A release build is placed at random in memory, its stack is not executable, and the tables of the \
                loader are read-only before its first line runs.
                """
            ),
        ]),
        """
        What is taken of a peer has a limit. By default:
        """,
        .terms([
            (
                "Connections",
                """
                As many as there are descriptors, whose limit is raised to the hard one (`ulimit -Hn`); when none is left, \
                those who wait are taken later. `--max-conns` and `--max-conns-per-host` limit them; of IPv6 a network of \
                64 bits is one host, but for this machine's own. Where a server was told to finish, peers have 5 seconds, and end before that \
                when they are silent for 200 ms.
                """
            ),
            (
                "Time",
                """
                `listen`, `dial` and `forward` wait as long as it takes: `--idle-timeout`, `--read-timeout`, \
                `--write-timeout`, `--deadline` and `--close-after` say otherwise. Of datagrams, `forward` forgets a \
                sender after 60 seconds of silence.
                """
            ),
            (
                "Bytes",
                """
                Streams have no limit but `--max-bytes`, and `--rate` slows them; what is under way takes no more memory \
                however long it goes on. A message of `--frame` has at most 1 MiB, a line of `--serve chat`, or among \
                several peers on standard output, 64 KiB before it is cut. For a peer that does not read 1 MiB waits.
                """
            ),
            (
                "The kernel",
                """
                What a peer sends and this side has not taken, and what a peer does not read, waits in the kernel, some \
                MiB a connection. All TCP of the machine shares what the three figures of net.ipv4.tcp_mem say, in pages: \
                from the second on segments of any connection may be dropped, and those who are served wait for seconds. \
                `--rcvbuf` and `--sndbuf` bound what one connection holds, `--max-conns` how many there are.
                """
            ),
            (
                "http-serve",
                """
                A head of 64 KiB with 256 fields, 10 seconds for it, 4 empty lines before it; content of 16 MiB in memory, \
                30 seconds for it and 1 more for each 1024 bytes; 4 KiB of chunk extensions, 16 KiB of trailers, \
                16 ranges. A client that reads nothing for 30 seconds is cut off, one that asks nothing for 60. What \
                `--upload` stores has no limit but `--max-body`.
                """
            ),
            (
                "http-get",
                """
                A head of 10 MiB with 4096 fields, 30 seconds to connect, and with `--location` 10 redirects, on which \
                passwords go to no other host. A body may be any size: it is not kept in memory, and nothing is \
                unpacked. No cookies are kept. `--timeout` limits the time of all; with `--retry` no server is waited \
                for that asks for more than an hour.
                """
            ),
            (
                "Proxies",
                """
                `--serve proxy` gives a client 10 seconds and a head of 64 KiB with 256 fields, no line of more than \
                16 KiB, to say where it wants to go, and 4 tries to prove who it is; a destination has 30 seconds, and \
                BIND waits 60. Of a proxy 64 KiB are taken, its answers of 1xx included, with 1024 fields each. A \
                header of `--proxy-protocol` has 5 seconds and at most 107 bytes, or 16 KiB in version 2, and is taken \
                only from those whom `--trust` names.
                """
            ),
            (
                "Names",
                """
                64 are looked up at once, and 1024 may wait for that: more are refused.
                """
            ),
            (
                "Before TLS",
                "With `--starttls` a server may say 64 KiB before TLS begins."
            ),
            (
                "Datagrams",
                """
                65,536 bytes of one are read. A client of DTLS has proven where it is before anything is kept for it. \
                Of others the address may be made up: `forward` keeps a descriptor for each until it has been silent \
                for 60 seconds; while none is left, whoever has been silent for longest, for a second or more, gives \
                way to a new one (`--max-conns`, `--allow`). `udp-recv --stats` tells 1024 apart, and `listen \
                --keep-open` answers the last 1024. `--serve echo` answers whoever a datagram says it is from: two \
                services that answer each answer, once somebody has made them begin, never end. Keep it on loopback, \
                or say who may ask (`--allow`).
                """
            ),
        ])
    )
}
