extension Manual.Section {
    /// Connecting through proxies.
    static let proxies = Manual.Section(
        "PROXIES",
        """
        With `--proxy` the connection leads to a proxy, which is asked to lead on; several are passed in the order in which \
        they are given, each being asked for the next. What is reported of the connection is about that to the first proxy, \
        and an event `proxied` tells of each. One time limit is for all of it. An error names the proxy, and behind whom it was \
        asked for what it said: `proxy 127.0.0.1:1080: connection refused by ruleset`. The status is 69, and 77 where rules \
        or who we are were the reason.
        """,
        .terms([
            (
                "Who looks up names",
                """
                With `socks4://` and `socks5://` this machine does, and of a name with several addresses the proxy is asked for \
                each in turn. With `socks4a://`, `socks5h://` and `http://` the proxy does, and nobody is asked here: \
                `--no-dns` makes sure of that. A name that `--resolve` answers for is told as that address.
                """
            ),
            (
                "Ports",
                "Without one it is 1080, and 80 with `http://`."
            ),
            (
                "User and password",
                """
                They stand in the URL, percent-encoded, or in the file of `--proxy-auth-file`, and are in no report. SOCKS4 has \
                a user only. An HTTP proxy is told nothing before it asks; it then gets what it asks for on a connection of its \
                own, the proof of Digest (SHA-256, MD5) rather than the password itself (Basic).
                """
            ),
            (
                "The environment",
                """
                It counts with `--proxy env` only. `ALL_PROXY` has a URL as above, `NO_PROXY` the hosts that are reached \
                without: `*`, addresses, networks as `10.0.0.0/8`, and names with all that is below them, apart by commas. \
                Either may be in lower case, too; upper case wins.
                """
            ),
            (
                "A pipe as input",
                """
                Many proxies end both ways when one ends: where standard input has ended before the answer came, nothing of it \
                arrives. `dial --no-shutdown` does not tell them.
                """
            ),
            (
                "Datagrams",
                """
                Of `dial -u` and `udp-send`: one `socks5://` or `socks5h://` proxy can pass them on (UDP ASSOCIATE), as long \
                as the connection to it lasts.
                """
            ),
        ])
    )
}
