/// The behaviours that no experiment shows, each with the reason.
enum Uncovered {
    static let all: [(behaviour: Int, reason: String)] = [
        (
            22,
            "tcp_abort_on_overflow is a setting of the whole machine, and ordinary dials never meet it: their SYN is dropped before"
        ),
        (117, "HTTP/2 is not spoken here; proxies from the environment are shown by http-get (sockctl-http-get(1))"),
    ]
}
