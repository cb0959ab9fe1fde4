import SockKit
import Synchronization

/// Makes chosen calls on one descriptor fail, and counts those that passed the gate.
final class FaultSwitch: SystemCallObserver {
    private struct State {
        var faults: [Errno]
        var records: [SystemCallRecord] = []
    }

    private let call: String
    private let descriptor: Int32
    private let state: Lock<State>

    /// `faults` are given out in turn; after the last the kernel is asked again.
    private init(_ call: String, on descriptor: Int32, _ faults: [Errno]) {
        self.call = call
        self.descriptor = descriptor
        state = Lock(State(faults: faults))
    }

    /// Watches until `remove()`. Other tests use the gate at the same time: the descriptor tells whose call it is.
    static func install(_ call: String, on descriptor: Int32, _ faults: [Errno] = []) -> FaultSwitch {
        let new = FaultSwitch(call, on: descriptor, faults)
        SystemCall.watch(new)
        return new
    }

    func remove() {
        SystemCall.unwatch { ($0 as? FaultSwitch) === self }
    }

    func fault(for call: String, descriptor: Int32) -> Errno? {
        guard call == self.call, descriptor == self.descriptor else { return nil }
        return state.withLock { $0.faults.isEmpty ? nil : $0.faults.removeFirst() }
    }

    func observe(_ record: SystemCallRecord) {
        // The descriptor is the first argument of all the calls that are watched so.
        guard record.call == call, record.arguments.prefix(while: { $0 != "," }) == "\(descriptor)" else { return }
        state.withLock { $0.records.append(record) }
    }

    var records: [SystemCallRecord] { state.withLock { $0.records } }
    var calls: Int { records.count }
}
