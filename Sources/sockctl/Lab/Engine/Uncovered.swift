/// The behaviours that no experiment shows, each with the reason.
enum Uncovered {
    static let all: [(behaviour: Int, reason: String)] = [
        (117, "HTTP/2 is not spoken here; proxies from the environment are shown by http-get (sockctl-http-get(1))")
    ]
}
