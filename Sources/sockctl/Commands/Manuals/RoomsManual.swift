extension Manual.Section {
    /// What one peer says goes to all the others.
    static let rooms = Manual.Section(
        "CHATS AND BROKERS",
        """
        With `--serve chat` and `--serve broker` what one peer sends goes to all the others; standard input goes to all, \
        and standard output has what all of them send. Standard input is read while anybody is there to be given it, and \
        its end ends nothing. A peer that ends is parted from once it has been given what was said before.
        """,
        .terms([
            (
                "A chat",
                """
                Each line has its author's name in front, as in `<user5> hello`: the number is the connection's, and \
                nobody else is ever called so. Standard input is `<host>`. A line is passed on when it is whole, and never \
                mixed with another; one of more than 64 KiB is cut. Text of any language passes as it is, and what a \
                terminal would obey is spelled out, as `\\x1b`. `<announce>` tells who comes and goes, of many at once in \
                one line.
                """
            ),
            ("A broker", "Bytes are passed on as they come; those of one read stay together."),
            (
                "A peer that does not read",
                """
                What is said waits for it, up to `--queue`. Then it is dropped or, with `--slow skip`, misses the oldest \
                whole lines; of bytes without newlines, the oldest reads. Each byte is kept once, for however many it \
                waits. Standard output is never dropped: if it is too slow, it misses lines.
                """
            ),
            (
                "Who waits for whom",
                """
                Those who speak wait for peers that are far behind and go on reading. One that takes nothing for a \
                quarter of a second, or has not caught up within one, is not waited for any more.
                """
            ),
            (
                "With --keep-open alone",
                """
                Standard input is given out in the same way, except that it waits where no peer keeps up: nothing is \
                lost while there is one peer.
                """
            ),
        ])
    )
}
