extension Manual.Section {
    /// What the words of `--io-model` stand for, and what sets them apart.
    static let ioModels = Manual.Section(
        "I/O MODELS",
        """
        `--io-model` is one echo server in four ways, which differ in how it waits for bytes. It is done on a thread \
        beside the main one, which accepts.
        """,
        .terms([
            (
                "blocking",
                """
                recv(2) itself waits, and send(2) after it. One peer is served after another, and the others wait in \
                the queue.
                """
            ),
            ("spin", "recv(2) is called on every socket in turn, until it has something. It never waits."),
            ("epoll", "One epoll_wait(2) waits for all sockets, and recv(2) and send(2) are called on those it names."),
            (
                "uring",
                """
                Receives and sends are put into a ring of io_uring(7). One io_uring_enter(2) hands over all that is \
                in it and waits until something has been done, be it for one socket or for many. `--trace` shows what \
                was handed over and, behind it, what has been done. Where the kernel refuses io_uring, as in many \
                containers or with the sysctl `kernel.io_uring_disabled`, the status is 71.
                """
            ),
        ]),
        """
        The summary at the end says how many system calls it took to wait for bytes and read them, how many came back \
        with nothing, how long it waited, and the CPU time used meanwhile; `-v` says it of each wait. The waits of \
        several peers overlap, and all are added up. One call that waited for several peers counts once, with the \
        first that is read; the CPU time counts with the wait that ends first. Calls that only send do not count. \
        With `uring` one call may send to some and wait for others: then it counts, with its CPU time.
        """,
        """
        As strace(1) counts them, on loopback, sends included: with one peer a round trip takes two system calls with \
        `blocking`, three with `epoll` and two with `uring`, one to send and one to receive. With 50 peers that speak \
        all at once, 5,000 round trips took some 10,200 calls with `epoll`, which still reads and sends for each, and \
        from 205 to 240 with `uring`, where one call does so for many. That is what it gives: the fewer calls, the \
        more there is to do at once, and no fewer than with `blocking` for a lone peer. What it does not give: the \
        bytes are copied into the kernel and out of it as before, and a peer that is silent costs memory, because its \
        receive holds a buffer of `--read-size` while it waits; `epoll` has one buffer for all.
        """
    )
}
