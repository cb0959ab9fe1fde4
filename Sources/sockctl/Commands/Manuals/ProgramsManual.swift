extension Manual.Section {
    /// Programs that `dial` and `listen` join to a peer.
    static let programs = Manual.Section(
        "PROGRAMS",
        """
        With `--exec` or `--sh-exec` a peer is joined to a program instead of standard input and output: what the peer \
        sends is the program's standard input, and what the program prints goes to the peer. The options of a connection, \
        as `--idle-timeout`, `--rate`, `--frame` or `--crlf`, hold for it as well.
        """,
        .terms([
            (
                "Ends",
                """
                The peer's end is the end of the program's input; what the program says after that still arrives. The end \
                of the program's output half-closes the connection, unless it has said nothing: what only reads turns \
                nobody away. The connection is closed when neither has anything to say, or when nobody is left who holds \
                the program's input or output. What a program no longer reads is dropped.
                """
            ),
            (
                "A peer that is gone",
                """
                After a reset, a write that fails or a limit as `--idle-timeout`, the program's process group gets \
                SIGHUP, and who is still there 2 seconds later SIGKILL. A program is not disturbed by a peer that ends \
                as it should, however long it goes on.
                """
            ),
            (
                "What the program finds",
                """
                A process group of its own, signals as signal(7) has them, and no descriptor but its three, which are \
                pipes. `SOCKCTL_REMOTE_ADDR`, `SOCKCTL_REMOTE_PORT`, `SOCKCTL_LOCAL_ADDR`, `SOCKCTL_LOCAL_PORT`, \
                `SOCKCTL_PROTO` (TCP, UNIX or VSOCK) and `SOCKCTL_CONNECTION`, the connection's number, are in its \
                environment; for programs that know other servers also `NCAT_REMOTE_ADDR` and so on, `PROTO`, and with \
                TCP `TCPREMOTEIP`, `TCPREMOTEPORT`, `TCPLOCALIP` and `TCPLOCALPORT`. A Unix socket has paths for \
                addresses, empty ones where it has no name, and no ports; with vsock the address is the machine's number. \
                Its limit of descriptors becomes the one that `sockctl` was given, right after its start: what looks \
                at once, as `ulimit -n` alone, may still see the raised one, and what it starts by then keeps that.
                """
            ),
            (
                "Standard error",
                """
                It goes where ours goes. With `-v` each of its lines is reported with the connection's number, and with \
                `--json` as an event `child-error`.
                """
            ),
            (
                "Terminals",
                """
                With `--pty` all three streams are a terminal, whose keys are signals and whose shells have job control. \
                A terminal echoes what is typed; a peer that is a terminal itself sends its keys only in raw mode. Lines \
                of more than 4095 bytes are cut, unless the program has switched that off, and a reset hangs it up. The \
                peer's end is typed as the key for it, mostly Ctrl-D; a program to which that is a key as any other is hung \
                up a second later. Jobs that it leaves behind at its end do not keep the peer.
                """
            ),
            (
                "Statuses",
                """
                That of `dial`, and of a `listen` that serves one peer, is the program's: 128+n if signal n ended it, 127 \
                if it is not found and 126 if it cannot be run; 75 or 65 where a limit of ours ended the conversation. \
                With `--keep-open` a program that cannot be run is an error of that connection, and the server goes on.
                """
            ),
            (
                "The order to finish",
                """
                A server's programs read the end of their input and have 5 seconds for their last words.
                """
            ),
        ])
    )
}
