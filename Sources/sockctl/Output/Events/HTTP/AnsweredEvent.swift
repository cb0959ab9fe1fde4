import SockKit

struct AnsweredEvent: Event {
    static let name = "answered"
    static let level = EventLevel.verbose
    static let summary = "A server answered a request."
    static let fields =
        Field.ends(\.ends) + [
            Field("index", "Which request of the connection it was, from 1.", \.index),
            Field("method", "What it asked for.", \.method),
            Field("target", "Of what: what stands between the method and the version.", \.target),
            Field("version", "Of HTTP.", \.version),
            Field("status", "The answer's status.", \.status),
            Field("bytes_received", "Content of the request.", \.received),
            Field("bytes_sent", "Content of the answer.", \.sent),
            Field("seconds", "From the whole head to the answer.", \.duration),
            Field("user", "Who asked, where that is known.", \.user),
            Field("referer", "Where the client found the target.", \.referer),
            Field("user_agent", "What the client calls itself.", \.userAgent),
            Field("is_cut_off", "Whether the answer was broken off.", \.isCutOff),
        ]

    let ends: Ends
    let index: Int
    var method: String?
    var target: String?
    var version: String?
    let status: Int?
    let received: Int
    let sent: Int
    let duration: Duration
    var user: String?
    var referer: String?
    var userAgent: String?
    var isCutOff = false

    func text(on terminal: Terminal) -> String {
        let status = status.map { terminal.paint("\($0)", $0 < 400 ? .good : .error) } ?? "no status"
        let line = "\(method ?? "-") \(target ?? "-")".printable
        let content = received > 0 ? "\(Quantity.bytes(received)) received, " : ""
        return "\(status) \(line): \(content)\(Quantity.bytes(sent)) in \(Quantity.duration(duration)), "
            + "\(terminal.peer(ends)), request \(index)" + (isCutOff ? ", cut off" : "")
    }

    /// The line of an access log as Apache and nginx write it.
    func combined(at time: Timestamp) -> String {
        let host = ends.remote.map(\.host) ?? "-"
        let request = [method, target, version].compactMap(\.self).joined(separator: " ")
        let agents = [referer, userAgent].map { "\"\($0.map(Self.quoted) ?? "-")\"" }.joined(separator: " ")
        return
            "\(host) - \(user.map(Self.quoted) ?? "-") [\(time.commonLog)] \"\(request.isEmpty ? "-" : Self.quoted(request))\" "
            + "\(status.map(String.init) ?? "-") \(sent) \(agents)"
    }

    /// Nothing that a client sends ends a field or a line of the log.
    private static func quoted(_ text: String) -> String {
        var quoted = ""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" {
                quoted += "\\\(scalar)"
            } else if scalar.actsOnTerminals {
                quoted += scalar.spelledOut
            } else {
                quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted
    }
}

extension Endpoint {
    /// The address without its port; `-` for a Unix socket.
    fileprivate var host: String {
        if case .ip(let address, _) = self { "\(address)" } else { "-" }
    }
}
