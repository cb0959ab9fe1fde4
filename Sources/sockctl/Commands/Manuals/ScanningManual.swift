extension Manual.Section {
    /// How `dial -z` finds out who listens.
    static let scanning = Manual.Section(
        "SCANNING",
        """
        With `-z` nothing is said to anybody: each place is connected to, reported and let go. Several are tried at once, \
        `--parallel` of them, and each has `--timeout`. What is found is written to standard output as it is found, one \
        line a place, and only what is open unless there is a `-v`: `127.0.0.1:22 open 0.000213`, with the seconds that it \
        took to know; then what `--banner` brought or, in parentheses, what the kernel said. On a terminal it is a table. \
        With `--json` each is an event `scanned`. A summary follows, on standard error where it is text.
        """,
        """
        The summary has `targets`, `scanned`, `open`, `refused`, `filtered`, with `-u` also `silent`, and a `note` where \
        that is not 0; `reasons`, what the kernel said of what is filtered; `shortages`, what this machine lacked, how \
        often; `parallel`, how many were allowed at once; and `elapsed`. An interrupted scan tells what is known by then.
        """,
        .terms([
            (
                "Places",
                """
                Either hosts and behind them the ports, or words of the form `HOST:PORTS`. A host is a name, an address, or \
                all addresses of a block such as `10.0.0.0/24` or `[2001:db8::]/120`; a name is scanned at each of its \
                addresses, with `--source` at those of its family. Ports are a list of numbers, ranges and services: \
                `22,80,8000-8010,http`. Unix sockets are named by their paths. vsock is not scanned.
                """
            ),
            ("open", "Somebody listens there. With `-u`: somebody has answered."),
            ("refused", "The other end said that nobody listens; of a path: nobody has a socket there that listens."),
            (
                "filtered",
                """
                No answer came within the time, or one from elsewhere, such as `no route to host`, which is then shown. \
                What this machine lacks, descriptors for one, is never taken for an answer: the attempt is made again, and \
                fewer at once.
                """
            ),
            (
                "open|silent",
                """
                A datagram, and another after half of the time, was not answered. That is not open: most services answer \
                only to what they understand, and get here an empty datagram, or a question at the ports of DNS and NTP. \
                A closed port may look the same, since Linux refuses datagrams of one host only once a second after the \
                first six (net.ipv4.icmp_ratelimit). The status is 0 only if somebody has answered.
                """
            ),
            (
                "The close",
                """
                An open connection is closed as any program closes it: the server sees a client that came and went. A reset, \
                which `--close reset` sends instead, would be an error in many a server's log. The price is that this \
                end's TCP remembers the connection for a minute (TIME_WAIT), which takes neither a descriptor nor a port \
                that another place could not use too.
                """
            ),
            (
                "Oneself",
                """
                A socket whose port the kernel chose may get the very one that it dials, and meets itself. Such a connection \
                is no sign of a listener, but of there being none: the port is refused.
                """
            ),
        ])
    )
}
