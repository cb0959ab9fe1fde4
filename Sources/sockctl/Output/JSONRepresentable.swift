import SockKit

/// A value that has a form in JSON.
protocol JSONRepresentable: Sendable {
    var json: JSONValue { get }
}

extension JSONValue: JSONRepresentable {
    var json: JSONValue { self }

    /// A number, or null where it is not known: for fields that are always there.
    static func known(_ value: Int?) -> JSONValue { value.map(JSONValue.integer) ?? .null }
}

extension Bool: JSONRepresentable {
    var json: JSONValue { .boolean(self) }
}

extension Int: JSONRepresentable {
    var json: JSONValue { .integer(self) }
}

extension String: JSONRepresentable {
    var json: JSONValue { .string(self) }
}

extension Duration: JSONRepresentable {
    var json: JSONValue { .seconds(self) }
}

extension Array: JSONRepresentable where Element: JSONRepresentable {
    var json: JSONValue { .array(map(\.json)) }
}
