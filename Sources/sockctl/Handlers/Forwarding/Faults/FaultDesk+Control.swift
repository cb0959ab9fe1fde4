import SockKit

/// What the control socket asks for, and what it is told.
extension FaultDesk {
    /// The answer to a line, without its newline.
    func answer(_ line: Span<UInt8>) -> JSONValue {
        do throws(ControlError) {
            let members = try obey(ControlRequest(line))
            return .object([.init("ok", .boolean(true))] + members)
        } catch {
            return Self.refusal(error.message)
        }
    }

    static func refusal(_ message: String) -> JSONValue {
        .object([.init("ok", .boolean(false)), .init("error", .string(message))])
    }

    private func obey(_ request: ControlRequest) throws(ControlError) -> [JSONValue.Member] {
        switch request {
        case .add(let set, let direction):
            try check(set)
            return [.init("id", .integer(add(set, direction)))]
        case .change(let id, let set, let direction):
            try check(set)
            guard change(id, to: set, direction) else { throw none(id) }
            return [.init("id", .integer(id))]
        case .remove(let id):
            guard remove(id) else { throw none(id) }
            return [.init("id", .integer(id))]
        case .list: return [.init("faults", .array(entries.map(object)))]
        case .connections:
            return [.init("connections", .array(victims.values.sorted { $0.number < $1.number }.map(object)))]
        case .cut(let number):
            guard let victim = victims[number] else { throw ControlError("there is no connection \(number)") }
            victim.cut()
            return [.init("connection", .integer(number))]
        }
    }

    private func none(_ id: Int) -> ControlError { ControlError("there is no fault \(id)") }

    private func check(_ set: FaultSet) throws(ControlError) {
        do throws(UsageError) { try set.check(on: network) } catch { throw ControlError(error) }
    }

    private func object(_ entry: Entry) -> JSONValue {
        .object([
            .init("id", .integer(entry.id)), .init("fault", .string(entry.set.text)),
            .init("direction", .string(entry.direction.rawValue)),
            .init("connections", .integer(victims.values.count { $0.told.ids.contains(entry.id) })),
        ])
    }

    private func object(_ victim: any FaultVictim) -> JSONValue {
        let totals = victim.totals
        return .object([
            .init("connection", .integer(victim.number)),
            .init("remote", .string(victim.ends.remote?.description ?? "")),
            .init("target", .string(totals?.target ?? "")), .init("seconds", .seconds(.now - victim.start)),
            .init("bytes_up", .integer(totals?.up ?? 0)), .init("bytes_down", .integer(totals?.down ?? 0)),
            .init("faults", .array(victim.told.ids.map(JSONValue.integer))),
        ])
    }
}
