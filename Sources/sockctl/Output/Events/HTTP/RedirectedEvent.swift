import SockKit

struct RedirectedEvent: Event {
    static let name = "redirected"
    static let level = EventLevel.verbose
    static let summary = "An answer leads elsewhere, and `--location` follows it."
    static let fields = [
        Field("status", "The status of that answer.", { Int($0.status.code) }),
        Field("method", "What is asked for there.", \.method), Field("url", "Where it leads.", \.url),
    ]

    let status: HTTPStatus
    let method: String
    let url: String

    func text(on terminal: Terminal) -> String {
        "\(status) leads to \(terminal.paint(url, .address)): \(method.printable) there"
    }
}
