extension Manual.Section {
    /// How a connection is got, kept, lost and replaced.
    static let stayingConnected = Manual.Section(
        "STAYING CONNECTED",
        """
        A connection that nobody uses carries nothing: a peer whose machine has lost its power looks like one that has \
        nothing to say. These notice it, each in its own way.
        """,
        .terms([
            (
                "Keep-alive probes, --keepalive",
                """
                The kernel asks the peer's kernel after a silence, and gives up after so many questions without an \
                answer. A peer whose process hangs still answers. While sent data waits for its acknowledgement there \
                are no probes: TCP sends the data again instead, by default for a quarter of an hour.
                """
            ),
            (
                "User timeout, --user-timeout",
                """
                The kernel gives up when sent data was not acknowledged, or keep-alive probes were not answered, for \
                so long. A healthy peer that does not read, so that its window stays closed, is given up as well.
                """
            ),
            (
                "Heartbeats, --heartbeat and --heartbeat-misses",
                """
                The only ones that ask the peer's program. What it sends of its own accord is an answer too. Where the \
                peer takes nothing any more, heartbeats that could not be sent count as unanswered.
                """
            ),
            (
                "A loss",
                """
                With `--reconnect` the event `disconnected` says who ended the connection, how long the peer had been \
                silent by then, and what became of the bytes. What the kernel never took is sent on the next connection. \
                What it took and the peer's TCP did not acknowledge (SIOCOUTQ) may be lost, or may have arrived all the \
                same: it is told to the byte, and not sent again. Bytes that were acknowledged have reached the peer's \
                kernel; whether its program read them nobody can know but by an answer. So a second figure says how many \
                were acknowledged since the peer was last heard: as many of them as lay in its queue unread are lost too. The \
                status is that of the last connection: 0 where it ended well, whatever was told before.
                """
            ),
        ])
    )
}
