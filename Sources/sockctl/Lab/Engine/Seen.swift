import SockKit
private import Synchronization

/// Something that another thread, or a function without isolation, has seen, for the experiment to look at.
final class Seen<Value: Sendable>: Sendable {
    private let values = Lock<[Value]>([])

    func add(_ value: Value) { values.withLock { $0.append(value) } }

    var all: [Value] { values.withLock { $0 } }
    var first: Value? { all.first }
}
