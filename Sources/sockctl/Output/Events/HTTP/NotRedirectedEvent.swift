import SockKit

struct NotRedirectedEvent: Event {
    static let name = "not-redirected"
    static let level = EventLevel.always
    static let summary = "With `--location`, a redirect that is not followed: its answer is the last."
    static let fields = [
        Field("status", "The status of that answer.", { Int($0.status.code) }), Field("reason", "Why.", \.reason),
    ]

    let status: HTTPStatus
    let reason: String

    func text(on terminal: Terminal) -> String { "\(status) is not followed: \(reason)" }
}
