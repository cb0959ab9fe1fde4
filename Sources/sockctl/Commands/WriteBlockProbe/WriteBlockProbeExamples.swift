/// The manual's examples of `write-block-probe`.
enum WriteBlockProbeExamples {
    static let all = [
        Manual.Example(
            "sockctl write-block-probe",
            shows: "Whole writes until both kernels' buffers are full; the last one stops in the middle."),
        Manual.Example(
            "sockctl write-block-probe --writes 3",
            shows: "Writes that have room: each takes all that it was given, although nobody reads."),
        Manual.Example(
            "sockctl write-block-probe --sndbuf 65536 --rcvbuf 65536 --read-after 600ms --read-every 100ms --duration 2s",
            shows: """
                A reader that takes 60000 bytes at a time. Its first read moves nothing, because the room that it makes \
                is not worth a window update; the report says which read lets the writer go on.
                """),
        Manual.Example(
            "sockctl write-block-probe --write-timeout 10us",
            shows: """
                A deadline before each write: the last write returns a part of its bytes with a time-out. The deadline \
                is sticky: two more writes fail at once.
                """),
        Manual.Example(
            "sockctl write-block-probe --blocking --then kill",
            shows: """
                A thread that is blocked in write(2), and a peer that is killed: the call returns short, the next one \
                says connection reset, the next broken pipe. The bytes that the peer never read are lost.
                """),
        Manual.Example(
            "sockctl write-block-probe --then close",
            shows: "A peer that closes with bytes unread resets the connection, and what was under way is gone."),
        Manual.Example(
            "sockctl write-block-probe --chunk 8M --then drain",
            shows: "One write that is far larger than the buffers: it goes on until all of it is written."),
        Manual.Example(
            "sockctl write-block-probe --both --duration 700ms",
            shows: "Both sides write and nobody reads: each direction has buffers of its own."),
        Manual.Example(
            "sockctl write-block-probe --no-nodelay --chunk 100 --writes 60",
            shows: """
                Small writes with Nagle's algorithm: they leave in fewer segments than there were writes, and the last \
                bytes wait for a delayed acknowledgement.
                """),
        Manual.Example(
            "sockctl write-block-probe --network unixgram --chunk 1000 --duration 700ms",
            shows: "Datagrams of a Unix socket block instead of being lost, after net.unix.max_dgram_qlen of them."),
        Manual.Example(
            "sockctl write-block-probe --network unix --then close",
            shows: "A Unix socket has one queue, the receiver's."),
        Manual.Example(
            "sockctl write-block-probe --network unixpacket --duration 700ms --svg block.svg",
            shows: "Messages on a connection; and a picture of it for a slide."),
        Manual.Example(
            "sockctl listen 3000 --serve discard", "sockctl write-block-probe --writes 1000 3000",
            shows: "Somebody else's peer, which reads everything: no write is blocked."),
    ]
}
