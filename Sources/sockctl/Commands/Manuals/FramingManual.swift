extension Manual.Section {
    /// Messages instead of bytes.
    static let framing = Manual.Section(
        "MESSAGES",
        """
        A stream has no messages: what was written in two pieces may be read as one, and the other way round. With \
        `--frame` both sides agree on where each ends, and standard input and output hold messages.
        """,
        .terms([
            (
                "On standard output",
                "Each payload, without its frame, and then `--separator`; `-v` tells its number and length."
            ),
            (
                "From standard input",
                """
                Each line becomes a message, without its newline, an unterminated last one too; with `--whole`, all of \
                it becomes one. Where a message cannot be framed, as one that contains the delimiter, it is not sent \
                at all, and the status is 65.
                """
            ),
            (
                "A message longer than the limit",
                """
                It is an error, status 65, as soon as that is known: of a length, before anything is kept for it. At \
                most `--max-frame` and one read are held of an unfinished message.
                """
            ),
            (
                "A stream that ends inside a message",
                "What there is goes to standard output; what was missing is reported, and the status is 65."
            ),
            (
                "A signal or a limit of time inside a message",
                "What there is goes to standard output as well, and the status is the one that it would be without."
            ),
        ])
    )

    /// The protocol of `listen --serve frames` and `dial --submit`.
    static let packets = Manual.Section(
        "PACKETS",
        """
        `listen --serve frames` and `dial --submit` speak a binary protocol. A packet is its total length in 4 bytes, \
        big-endian and itself included; a command in one byte; an id of 8 characters; and then the payload of a connect \
        (0x01) or submit (0x02), or the result of a connect-ack (0x81) or submit-ack (0x82): one byte, 0 for success.
        """,
        """
        The first packet must be a connect. Every packet is answered with its id, in the order in which they came, also \
        where many are sent before the first answer. A length below 13 or beyond `--max-frame`, an unknown command, or \
        a submit before any connect gets the result 1 where there is an id to answer; then the server closes and reports \
        which packet it was and at which byte of the stream.
        """
    )
}
