import Testing

/// One line of what `sockctl --json` reports.
struct Event: Sendable, CustomStringConvertible {
    let json: JSONValue
    let description: String

    init(_ line: some StringProtocol) throws {
        description = String(line)
        json = try JSONValue(parsing: description)
    }

    /// What the event is.
    var name: String { json["event"]?.string ?? "" }

    subscript(key: String) -> JSONValue? { json[key] }

    /// Every line of a report, each of which must be an object: text between them is an error.
    static func all(in report: String) throws -> [Event] {
        try report.split(separator: "\n").map { line in
            let event = try Event(line)
            try #require(event.json.object != nil, "not an object: \(line)")
            return event
        }
    }
}

extension Outcome {
    /// The events on standard error.
    func events() throws -> [Event] { try Event.all(in: err) }
}

extension ChildProcess {
    /// Waits for the first event of that name on standard error, with this text in one of its fields if wanted.
    @discardableResult
    func waitForEvent(
        _ name: String, whose key: String = "event", is text: String? = nil, within limit: Duration = patience
    ) async throws -> Event {
        let what = text.map { "\(name) with \(key) \($0)" } ?? name
        return try await wait(for: "event \(what)", within: limit) { record in
            record.errText.split(separator: "\n").lazy.compactMap { try? Event($0) }.first { event in
                event.name == name && (text == nil || event[key]?.string == text)
            }
        }
    }
}
