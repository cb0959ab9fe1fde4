extension Manual.Section {
    /// TLS with whom one connects to.
    static let tlsOfClients = Manual.Section(
        "TLS",
        """
        With `--tls` the connection speaks TLS 1.2 or 1.3, by the system's OpenSSL, which is loaded then and not before \
        (SOCKCTL_LIBSSL names another libssl). Nothing is said to a server that cannot prove to be who was meant: the error \
        says what is wrong with its certificate, and the status is 77. With `-v` each message of the handshake is shown, and \
        what it came to.
        """,
        .terms([
            (
                "Who is believed",
                """
                Whoever has a certificate for the name, or the address, that was dialled (`--tls-name` says another), from \
                an issuer that the system trusts, or one of `--tls-ca`. With `--tls-pin` it is one certificate, whatever it \
                says; with `--tls-insecure` any, which is told each time.
                """
            ),
            (
                "The end",
                """
                TLS has an end of its own, close_notify; a connection that ends without it has been cut off, and the status \
                is 74. The end of standard input is not told, since many servers stop answering then: reading goes on to the \
                peer's end. With `--tls-half-close` it is told.
                """
            ),
            (
                "Datagrams",
                """
                With `-u` it is DTLS 1.2. What gets no answer in the handshake is said again; of what is sent afterwards a \
                datagram that is lost is lost, and one holds at most 16384 bytes. A second of silence after the end of \
                standard input is the end, unless that is told.
                """
            ),
            (
                "Scans",
                """
                `-z --tls HOST PORT` looks at one server: the handshake, what was agreed on and its certificates go to standard \
                output. With `--tls-days N` the status is 1 where one of them ends sooner; 69, 74, 75 and 77 are as ever.
                """
            ),
            (
                "Refusals",
                """
                Where the two find no version or cipher in common, where plain text is spoken, where a client's certificate \
                is wanted and none is given, the status is 69, also where a server of TLS 1.3 says so only later. A handshake \
                that is cut off is 74, and one that takes longer than `--tls-handshake-timeout` 75.
                """
            ),
            (
                "Secrets",
                """
                `--tls-key-log FILE`, or SSLKEYLOGFILE, writes the keys for Wireshark; `--tls-session FILE` keeps a session \
                that the next run takes up again. Both files are for their owner only; that of keys must not belong to \
                another user (73). What cannot be written is told once, the connection goes on, and the status is 73 \
                where it would be 0, but not for the variable's sake.
                """
            ),
        ])
    )

    /// TLS with peers.
    static let tlsOfServers = Manual.Section(
        "TLS",
        """
        With `--tls` peers are spoken to by TLS 1.2 or 1.3, by the system's OpenSSL, which is loaded then and not before \
        (SOCKCTL_LIBSSL names another libssl). A peer that speaks something else ends its own connection and no other.
        """,
        .terms([
            certificates,
            (
                "Datagrams",
                """
                With `-u` it is DTLS 1.2: a client that has proven where it is, by a cookie, has a socket of its own, and is \
                served as others are. `--keep-open` is what `--serve` implies, as ever.
                """
            ),
            clients,
            (
                "The end",
                """
                TLS has an end of its own, close_notify, which every connection that ends well gets; a peer that ends without \
                it was cut off, and the status is 74. The end of standard input is told with `--tls-half-close` only.
                """
            ),
        ])
    )

    /// TLS of a web server.
    static let tlsOfWebServers = Manual.Section(
        "TLS",
        """
        With `--tls` the server is asked by `https`: TLS 1.2 or 1.3, by the system's OpenSSL, which is loaded then and not \
        before (SOCKCTL_LIBSSL names another libssl). A peer that speaks something else ends its own connection and no other.
        """,
        .terms([certificates, clients])
    )

    private static let certificates = (
        term: "Certificates",
        meaning: """
        `--tls-cert` and `--tls-key`, several for several names; SIGHUP reads the files again, and a broken file leaves \
        what was. Without them one is made in memory, for a week, for localhost and where it listens; the line \
        `certificate` says its SHA-256, by which a client knows it: `dial --tls --tls-pin`.
        """
    )

    private static let clients = (
        term: "Clients that prove themselves",
        meaning:
            "With `--tls-verify-client` a client needs a certificate of an issuer of `--tls-ca`; others are refused."
    )

    /// TLS of datagrams that are sent.
    static let tlsOfSenders = Manual.Section(
        "TLS",
        """
        With `--tls` the datagrams are hidden by DTLS 1.2, by the system's OpenSSL. Before the first one goes the peer \
        proves who it is, as for `dial`: its certificate has to be for the name or the address that was given, from an \
        issuer that the system trusts or one of `--tls-ca`, or be the one of `--tls-pin`. Else nothing is sent, and \
        the status is 77.
        """,
        """
        What is lost of the handshake is said again; what is lost of the datagrams is lost. One holds at most 16384 \
        bytes, and at least one. The peer is told the end (close_notify). A peer that is gone has taken the keys with \
        it: the first refusal is the end, and the status is 69.
        """
    )

    /// TLS of datagrams that are received.
    static let tlsOfReceivers = Manual.Section(
        "TLS",
        """
        With `--tls` the datagrams are hidden by DTLS 1.2, by the system's OpenSSL. A sender proves by a cookie where \
        it is, agrees on the keys, and has a socket of its own from then on; with `-v` its coming and its end are \
        told. A datagram that belongs to no such sender is dropped. Without `--tls-cert` a certificate is made in \
        memory, for a week; the line `certificate` says its SHA-256, by which a sender knows it: `udp-send --tls \
        --tls-pin`. With `--tls-verify-client` a sender needs a certificate of an issuer of `--tls-ca`.
        """,
        """
        `--timeout` begins anew with each datagram, whoever sent it. What the kernel drops of many sockets is not counted.
        """
    )

    /// TLS on either side of a forwarder.
    static let tlsOfForwarders = Manual.Section(
        "TLS",
        """
        With `--tls` the targets are spoken to by TLS, and have to prove who they are, as for `dial`; with `--tls-accept` the \
        peers are, as by `listen --tls`; with both, what goes through is in clear in between, for `-x`, `-o` and `--record`. \
        The end of one side is told to the other by close_notify. A header of `--proxy-protocol` is in clear, before TLS begins.
        """,
        .terms([
            (
                "Certificates",
                """
                `--tls-cert` and `--tls-key` are for the peers with `--tls-accept`, and else for targets that ask for one. \
                SIGHUP reads them again.
                """
            )
        ])
    )
}
