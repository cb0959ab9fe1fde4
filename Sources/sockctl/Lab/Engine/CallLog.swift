import SockKit
import Synchronization

/// Listens at the gate of the system calls to what is called on one connection, and can have a call interrupted.
final class CallLog: SystemCallObserver {
    private struct State {
        var results: [String] = []
        var interruptions = 0
    }

    private let call: String
    private let number: Int32
    private let state = Lock(State())

    fileprivate init(_ call: String, on number: Int32) {
        self.call = call
        self.number = number
    }

    /// What the calls returned: a count or the name of the error, `EAGAIN` for would-block.
    var results: [String] { state.withLock { $0.results } }

    /// Has the next call fail with EINTR, as if a signal had come.
    func interruptOnce() { state.withLock { $0.interruptions += 1 } }

    func fault(for call: String, descriptor: Int32) -> Errno? {
        guard call == self.call, descriptor == number else { return nil }
        return state.withLock { state in
            guard state.interruptions > 0 else { return nil }
            state.interruptions -= 1
            return .interrupted
        }
    }

    func observe(_ record: SystemCallRecord) {
        guard record.call == call, record.arguments.hasPrefix("\(number), ") else { return }
        state.withLock { $0.results.append(record.errno?.name ?? "\(record.result)") }
    }
}

extension LabConnection {
    /// Begins to listen to the calls with this name on the connection; until the experiment is over.
    func log(_ call: String) -> CallLog {
        let log = CallLog(call, on: number)
        SystemCall.watch(log)
        party.stage.atEnd { SystemCall.unwatch { ($0 as? CallLog) === log } }
        return log
    }
}
