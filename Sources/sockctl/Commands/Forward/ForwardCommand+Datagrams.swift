extension ForwardCommand {
    static let datagrams = Manual.Section(
        "DATAGRAMS",
        """
        Datagrams go to datagrams: each sender has a socket of its own that is connected to the target, so that answers find \
        their way back; they come from the address that the sender had sent to. Boundaries are kept, and what a datagram \
        holds, be it nothing. A sender is forgotten after 60 s in which neither side said anything, or what `-i` says.
        """,
        """
        That nobody is there is learnt only from the refusal of what was sent: it is told, and where there are more targets \
        than one, the next one gets the last datagram that was sent and what follows. What cannot be sent on is dropped, \
        as a router does it, and counted: of senders beyond `--max-conns`, and of those for whom no socket is to be had. \
        Where there are no more, the sender that has been silent for longest, for a second or more, gives way to a new one. \
        A kind of failure is told once in 10 s. With `-v` or `--json` a summary comes last; SIGUSR1 tells the same at any \
        time.
        """,
        """
        Faults are done to the datagrams of each sender and each way by themselves. A `--control` cut ends one sender's \
        association: its next datagram begins another. `--record` keeps UDP packets.
        """,
        """
        On Unix sockets only senders that are bound to a name can be answered; what others send is forwarded all the same.
        """,
        .terms([
            ("senders", "How many there were."),
            ("datagrams up", "Datagrams that were sent on to a target; in JSON `datagrams_up`."),
            ("bytes up", "What they held; in JSON `bytes_up`."),
            ("datagrams down", "Datagrams that were sent back to a sender; in JSON `datagrams_down`."),
            ("bytes down", "What they held; in JSON `bytes_down`."),
            ("dropped", "Datagrams that came here and were not sent on."),
            ("refused", "Refusals that came back from a target."),
            (
                "lost, duplicated, reordered, corrupted",
                "Datagrams that a fault did this to, on purpose; only where there are any faults, or may be."
            ),
            ("denied", "Datagrams of senders that the rules turn away; only where there are any rules."),
        ])
    )
}
