import SockKit

/// One line of the control socket: what is asked for.
enum ControlRequest: Equatable {
    case add(FaultSet, FaultDirection)
    case change(id: Int, FaultSet, FaultDirection?)
    case remove(id: Int)
    case list
    case connections
    case cut(connection: Int)

    /// Which members belong to which order.
    private static let orders: [(name: String, needs: Set<String>, takes: Set<String>)] = [
        ("add", ["fault"], ["direction"]), ("change", ["id", "fault"], ["direction"]), ("remove", ["id"], []),
        ("list", [], []), ("connections", [], []), ("cut", ["connection"], []),
    ]

    init(_ line: Span<UInt8>) throws(ControlError) {
        let object: JSONObject
        do throws(JSONFault) { object = try JSONObject(line) } catch {
            throw ControlError("this is not a line of JSON: \(error.description)")
        }
        let names = Self.orders.map(\.name).joined(separator: ", ")
        guard let name = object.text("do") else {
            let lack = object.names.contains("do") ? "no text" : "missing"
            throw ControlError("'do' is \(lack); it is one of \(names)")
        }
        guard let order = Self.orders.first(where: { $0.name == name }) else {
            throw ControlError("'\(name)' is nothing to do; there are \(names)")
        }
        let given = object.names.subtracting(["do"])
        if let odd = given.subtracting(order.needs).subtracting(order.takes).min() {
            throw ControlError("'\(name)' has no '\(odd)'")
        }
        if let missing = order.needs.subtracting(given).min() { throw ControlError("'\(name)' needs '\(missing)'") }
        self = try Self.request(name, object)
    }

    private static func request(_ name: String, _ object: JSONObject) throws(ControlError) -> ControlRequest {
        switch name {
        case "add": .add(try faults(object), try direction(object) ?? .both)
        case "change": .change(id: try number("id", object), try faults(object), try direction(object))
        case "remove": .remove(id: try number("id", object))
        case "list": .list
        case "connections": .connections
        default: .cut(connection: try number("connection", object))
        }
    }

    private static func faults(_ object: JSONObject) throws(ControlError) -> FaultSet {
        guard let text = object.text("fault") else {
            throw ControlError("'fault' is a text like \"latency=100ms,rate=64K\"")
        }
        do throws(UsageError) { return try FaultSet(parsing: text) } catch { throw ControlError(error) }
    }

    private static func direction(_ object: JSONObject) throws(ControlError) -> FaultDirection? {
        guard object.names.contains("direction") else { return nil }
        guard let direction = object.text("direction").flatMap(FaultDirection.init(rawValue:)) else {
            throw ControlError("'direction' is one of up, down, both")
        }
        return direction
    }

    private static func number(_ name: String, _ object: JSONObject) throws(ControlError) -> Int {
        guard let number = object.integer(name) else { throw ControlError("'\(name)' is a whole number") }
        return number
    }
}

/// Why a line of the control socket is not obeyed.
struct ControlError: Error, Equatable {
    let message: String

    init(_ message: String) { self.message = message }

    init(_ error: UsageError) {
        message = error.hint.map { "\(error.message) (\($0))" } ?? error.message
    }
}
