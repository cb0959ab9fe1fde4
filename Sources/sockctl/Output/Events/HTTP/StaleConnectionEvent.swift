import SockKit

struct StaleConnectionEvent: Event {
    static let name = "stale"
    static let level = EventLevel.verbose
    static let summary = "The server had closed a kept connection: the request goes out again on another."
    static let fields = Field.ends(of: \.failure) + [Field.error(\.failure)]

    let failure: Failure

    func text(on terminal: Terminal) -> String {
        let connection = failure.connection.map { " \($0)" } ?? ""
        return "the server had closed connection\(connection) meanwhile: the request is sent again on another"
    }
}
