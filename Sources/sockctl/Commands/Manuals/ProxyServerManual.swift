extension Manual.Section {
    /// What `--serve proxy` speaks, and where it leads.
    static let proxyServer = Manual.Section(
        "PROXIES",
        """
        With `--serve proxy` one port is a proxy for SOCKS4, SOCKS4a and SOCKS5 (CONNECT, BIND and UDP ASSOCIATE) and for \
        HTTP (CONNECT, and requests for a whole URL, one a connection), told apart by the first byte. Bytes that come with \
        the request, and an end that comes early, are passed on like any others. A client has ten seconds to say where it \
        wants to go.
        """,
        """
        A name is looked up once, the rules are held against its addresses, and one that they allow is dialled. A client \
        learns whether its destination refused, is unreachable or unknown, did not answer in time, or is denied: as \
        SOCKS5's 5, 3 or 4, 4, 6 and 2, as SOCKS4's 91, and as 502, 504 and 403 with a `Proxy-Status` field (RFC 9209). A \
        destination that failed is an event `failed`; one that is denied, or a wrong password, `peer-refused`, each with \
        the ends of the client.
        """,
        .terms([
            (
                "Who is served",
                """
                Those whom `--allow` and `--deny` let in and, with `--proxy-auth` or `--proxy-auth-file`, who have a \
                password. Beyond loopback it does not start without one of these, a `--target-allow` or `--open`.
                """
            ),
            (
                "Where it leads",
                """
                Everywhere but where `--target-deny` says; with `--target-allow` only there. A proxy that others than \
                this machine can reach leads nobody to this machine's loopback, to link-local addresses and groups, or \
                to itself, by whatever name, unless `--target-allow` names them.
                """
            ),
            (
                "BIND",
                """
                The first answer tells where it listens, the second who came. Only the one who was named is let in, or \
                anybody for 0.0.0.0, within a minute.
                """
            ),
            (
                "UDP ASSOCIATE",
                """
                It lasts as long as its connection. Datagrams are taken from the client's address and the port that \
                spoke first, and back from those that were sent to; fragments are dropped.
                """
            ),
        ])
    )
}
