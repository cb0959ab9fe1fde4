extension Manual.Section {
    /// Who may come.
    static let gates = Manual.Section(
        "GATES",
        """
        With any `--allow` or `--allow-file` only those may come whom a rule names; with `--deny` or `--deny-file` \
        everybody but those; deny wins where both name somebody. A peer that may not come is closed and told of as \
        `peer-refused`, and puts no time limit off; a datagram is dropped, and with `-v` or `--json` the summary's `denied` counts it. The \
        options may be repeated, and a value or a line of a file may hold several rules with spaces between them; what a \
        connection costs hardly grows with their number. A rule for IPv4 is also for IPv4 peers of an IPv6 socket. A rule \
        is one of:
        """,
        .terms([
            ("192.0.2.7, 2001:db8::7, fe80::7%eth0", "That address; with a zone, on that interface."),
            ("10.0.0.0/8, fd00::/8, fe80::%eth0/64", "The addresses whose first bits are these."),
            (
                "10.0-3.*.1,5",
                """
                Octet by octet a number, a range, which may lack an end, `*` for any, or several of these with commas \
                between them.
                """
            ),
            (
                "example.org, example.org/24",
                "The addresses that the name has at the start, or those that share as many bits with one."
            ),
            (
                "uid:1000, gid:100",
                """
                Peers on Unix sockets, by the user or the group of their process. Nothing else is known of them, and of \
                those on other sockets this is not: a rule that nobody could match is an error.
                """
            ),
            (
                "--allow-file, --deny-file",
                """
                Rules on any number of lines; `#` begins a comment. SIGHUP has the files read again, and names looked up; \
                if a file is wrong then, the old rules stay and a report says why. At the start a wrong file is status \
                65, one that cannot be read 66, a name without an address 68.
                """
            ),
        ])
    )
}
