extension Manual.Section {
    /// Who is behind a connection.
    static let proxyHeaders = Manual.Section(
        "PROXY HEADERS",
        """
        The PROXY protocol puts the two ends of a connection that is passed on before its first byte, so that a server \
        behind a proxy knows its clients. With `--proxy-protocol send` each target gets such a header before anything \
        else; with `accept` each peer has to send one, which is taken off: of either version, within 5 seconds, and what \
        is no header, or is broken, is closed and told of with 65. Nothing is guessed: a peer without a header is not \
        served.
        """,
        .terms([
            (
                "--trust",
                """
                The peers of whom a header is taken, by the address of the connection itself. There is no default: who may \
                send headers may pass for anybody.
                """
            ),
            (
                "--allow, --deny",
                """
                These rules, and the limits for a host, are about the connection's own peer, the proxy, and not about \
                the client that it names.
                """
            ),
            (
                "reports and records",
                "From its header on a connection is told of, and recorded, under the address of the client that it names."
            ),
            (
                "--proxy-protocol both",
                """
                What a peer says is said to the target, but for the further fields of version 2, which are between a \
                proxy and whom it connects to. Headers of version 2 are written with a checksum (CRC32C); one that is \
                read must be right.
                """
            ),
            (
                "Unix sockets",
                """
                The addresses of a Unix client are said as such in version 2. Some servers, haproxy among them, break such \
                connections off: `--proxy-version 1` says to those that nothing is known.
                """
            ),
        ])
    )

    /// What is kept, in what form, and how it is played.
    static let records = Manual.Section(
        "RECORDS",
        """
        `--record` keeps a pcapng file of raw IP packets, with times to the nanosecond: for each connection a handshake, \
        what was read of either side, and the end or the reset, as one TCP connection between the client and the target. \
        Headers, sequence numbers and checksums are made up and right. Beside an IPv6 address an IPv4 \
        one is in its mapped form. The end of a Unix or vsock socket is shown as 192.0.2.1 for a client, with a port for \
        each connection, and as 192.0.2.2, port 1, for a target (2001:db8::1 and ::2 beside IPv6); a comment on the first \
        packet has the real ones. `--record-json` keeps JSON Lines with `event`, `time`, `elapsed` (seconds), \
        `connection` and, below `opened`, `direction` (`up` is towards the target):
        """,
        .terms([
            ("opened", "A client and its target were joined: `network`, `client`, `target`."),
            (
                "data",
                "`bytes` is how many, and they stand in `text` where they are UTF-8, and else in `base64`."
            ),
            ("end, reset", "Whoever sends in that direction said that no more comes, or broke the connection off."),
            (
                "--replay",
                """
                Plays such a record, or a capture of another program as pcapng or pcap with whole packets on Ethernet, \
                raw IP or Linux's own header, of connections whose beginning is in it. Each client's bytes, end and reset \
                come at their times; an answer that is late delays none of them. What comes back is compared byte for \
                byte, on networks of messages message for message, and so is the target's end or reset where the record \
                has one. Of each connection the first difference is told, and a target that says nothing for 10 s after \
                everything was sent, or what `--idle-timeout` says, is one.
                """
            ),
        ])
    )
}
