extension HTTPGetCommand {
    static let manual = Manual(
        description: [
            """
            `http-get` asks a web server and prints the body of its answer as it is. Everything else, and what `-v` tells, \
            goes to standard error.
            """,
            """
            Its transport is Go's: connections are kept and used again, each phase has a time limit of its own, and the \
            fields of Go's Transport are options here, with the same defaults. With `-v` it shows both heads of each \
            exchange, line by line, which connection served it, and how long each phase took: on a terminal as a picture. With \
            `-vv` it shows each read and write, too, and what the kernel made of the connection's options.
            """,
            """
            With `--repeat` or `--duration` it makes many requests, of several connections at once, and says how long they \
            took: percentiles, a histogram, and what they mean.
            """,
        ],
        sections: [.transport, .proxies, .load, .httpEvents],
        exitNotes: [
            Manual.ExitNote(
                status: "0",
                meaning: "The answer has come, whatever its status; also if a reader of standard output went away."),
            Manual.ExitNote(
                status: "1",
                meaning: """
                    With `--fail`: the status of an answer was 400 or above. With `--continue`: the answer is neither what \
                    the file lacks nor all of it, as 404; then `--fail` is not needed.
                    """),
            Manual.ExitNote(status: "64", meaning: "The command line is wrong."),
            Manual.ExitNote(
                status: "65",
                meaning: """
                    The answer breaks the grammar of HTTP or a limit, there were too many redirects, or a file of \
                    `--continue` is longer than what it is to be.
                    """),
            Manual.ExitNote(status: "66", meaning: "A file that was to be sent can't be read."),
            Manual.ExitNote(status: "68", meaning: "The host's name does not resolve."),
            Manual.ExitNote(status: "69", meaning: "Refused or unreachable, or a proxy said so; or TLS was refused."),
            Manual.ExitNote(status: "71", meaning: "The system is out of descriptors, memory or buffers."),
            Manual.ExitNote(status: "73", meaning: "A file can't be written."),
            Manual.ExitNote(
                status: "74",
                meaning: """
                    The connection broke, or ended before the answer was whole, as with a body that is short; or standard \
                    output is full, or was closed from the start.
                    """),
            Manual.ExitNote(status: "75", meaning: "Timed out, or a load's time was over before any answer."),
            Manual.ExitNote(
                status: "77",
                meaning:
                    "A proxy refused by its rules, or did not believe who asks; or a server could not prove who it is."),
            Manual.ExitNote(status: "128+n", meaning: "Ended by signal n."),
        ],
        examples: examples,
        seeAlso: ["sockctl", "sockctl-dial", "curl", "wrk", "tcp(7)"],
        caveats: [
            """
            There are no cookies kept, and no body is unpacked: none is asked for \
            packed.
            """,
            """
            A closed loop, without `--rate`, asks a slow server less often. Its percentiles say nothing of how long users \
            wait who come at their own times.
            """,
        ]
    )

    private static let examples = [
        Manual.Example(
            "sockctl http-serve 3000", "sockctl http-get -v http://127.0.0.1:3000/time",
            shows: "Ask for the time, and see both heads, the connection, and what took how long."),
        Manual.Example(
            "sockctl http-serve 3000", "sockctl http-get --fail http://127.0.0.1:3000/status/404",
            shows: "A failure that a script can see: the status is 1."),
        Manual.Example(
            "sockctl http-serve 3000", "sockctl http-get -T - http://127.0.0.1:3000/echo <report | cmp - report",
            shows: "Send what standard input has, in chunks, and compare what comes back."),
        Manual.Example(
            "sockctl http-serve 3000", "sockctl http-get --timeout 200ms 127.0.0.1:3000/delay/5",
            shows: "An answer that takes too long: the status is 75."),
        Manual.Example(
            "printf 'HTTP/1.1 200 OK\\r\\nContent-Length: 10\\r\\n\\r\\nhalf' | sockctl listen 3000",
            "sockctl http-get -o part http://127.0.0.1:3000/",
            shows: "A body that ends too soon: its file keeps what came, and the status is 74."),
        Manual.Example(
            "sockctl http-serve 3000", "sockctl http-get --repeat 1000 --parallel 10 127.0.0.1:3000/time",
            shows: "A thousand requests on ten connections, and how long they took."),
        Manual.Example(
            "sockctl http-serve 3000",
            "sockctl http-get --duration 1s --rate 500 --parallel 5 --svg /tmp/load.svg 127.0.0.1:3000/bytes/1K",
            shows: "500 requests a second, at their moments, and a picture of how long each took."),
        Manual.Example(
            "sockctl http-get --retry 1 http://127.0.0.1:9/",
            shows: "Nobody listens there: it is tried again after a second, and the status is 69."),
    ]
}

extension Manual.Section {
    fileprivate static let transport = Manual.Section(
        "THE TRANSPORT",
        .terms([
            (
                "Connections",
                """
                A connection is kept after an exchange, unless one side says `Connection: close`, speaks HTTP/1.0, or the \
                body ended with it. At most `--max-idle-per-host` are kept for a host, `--max-idle-conns` in all, and none \
                longer than `--idle-conn-timeout`.
                """
            ),
            (
                "Stale connections",
                """
                A server may end a kept connection just when a request is sent on it. Such a request is sent again on \
                another if nothing of an answer had come, and either nothing of it had gone or doing it twice is doing it \
                once: GET, HEAD, OPTIONS, TRACE, or a field Idempotency-Key. A POST that may have arrived is not repeated.
                """
            ),
            (
                "Time limits",
                """
                `--dial-timeout` is for resolving and connecting, `--response-header-timeout` for the wait between the \
                request and the head of the answer, `--timeout` for the whole exchange with the body. Each ends with 75.
                """
            ),
            (
                "Proxies",
                """
                As Go has it: `HTTP_PROXY` or `http_proxy` names a proxy, `NO_PROXY` the hosts that are asked without it; \
                localhost and loopback addresses never go through one. Such a proxy is asked for the whole URL and answers \
                itself. One of `--proxy` is a tunnel, `http://` too (CONNECT), which some proxies allow for few ports only; the \
                variables then count with `--proxy env`, and of an URL that both are for `HTTP_PROXY` does.
                """
            ),
        ])
    )

    fileprivate static let load = Manual.Section(
        "LOAD",
        """
        `--repeat` says how many requests are made, `--duration` for how long, `--parallel` how many at once. Without \
        `--rate` that is a closed loop. With it requests have planned moments: `latency` counts from the send of each to the \
        end of its answer, `latency_planned` from its moment, so that a server which stands still for a second is seen by all \
        requests that were due in that second, and not only by those that were on their way.
        """,
        """
        The summary has `planned`; `sent` and `not_sent`, which was due and found the end before a connection; `answered`, \
        `failed` and `cut` (still running at the end), together `sent`; `errors` by phase and code; `statuses`; \
        `bytes` of bodies; `rate`, answers a second from the first send to the last answer, and `rate_asked`; `closed_loop`; \
        `latency`, `latency_planned`, `first_byte` and `connect`, without the requests that failed or were cut, each of \
        `min`, `p50`, `p90`, `p99`, `p999`, `max` and `mean`; `new_connections` and `reused_connections`, one for each time that a request went out: as many as `sent`, \
        without those that failed or were cut before, and with `stale_repeats`, which went out again because a kept \
        connection was stale; `elapsed`, all of it; and `cpu_share`, the part of one processor that the program itself used: \
        near 1 it is the program that was measured. Percentiles are exact to half a percent.
        """
    )

    fileprivate static let httpEvents = Manual.Section(
        "EVENTS",
        """
        With `--json`: `resolved`, `connecting`, `connected` and `proxied` as with `dial`; `request` and `response` with the lines of \
        the heads; `exchange` for each request, with what it spent its time on; `redirected`, `not-redirected`, `stale`, \
        `retrying`, `not-retried`, `resuming` and `partial` where such things happen; under load `exchange` for each request and the `summary`.
        """
    )
}
