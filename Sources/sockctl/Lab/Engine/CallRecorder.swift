import SockKit
private import Synchronization

/// Keeps the system calls that pass the gate, so that an experiment can show those that were made for its sockets.
final class CallRecorder: SystemCallObserver {
    private let records = Lock<[SystemCallRecord]>([])

    func observe(_ record: SystemCallRecord) { records.withLock { $0.append(record) } }

    /// How many there are: what comes next is counted from here.
    var mark: Int { records.withLock { $0.count } }

    func calls(since mark: Int = 0) -> [SystemCallRecord] { records.withLock { Array($0.dropFirst(mark)) } }

    /// Those for one descriptor, the one that made it included.
    func calls(of descriptor: Int32, since mark: Int = 0) -> [SystemCallRecord] {
        calls(since: mark).filter { $0.isAbout(descriptor) }
    }
}

extension SystemCallRecord {
    private static let makers: Set<String> = ["socket", "accept", "accept4"]

    /// Whether it was made for this descriptor, or made it.
    func isAbout(_ descriptor: Int32) -> Bool {
        let words = arguments.split(separator: ", ")
        if call == "epoll_ctl" { return words.count > 2 && words[2] == "\(descriptor)" }
        return words.first == "\(descriptor)" || Self.makers.contains(call) && result == Int(descriptor)
    }
}

extension Stage {
    /// Begins to keep the system calls, until the experiment is over.
    func recordCalls() -> CallRecorder {
        let recorder = CallRecorder()
        SystemCall.watch(recorder)
        atEnd { SystemCall.unwatch { ($0 as? CallRecorder) === recorder } }
        return recorder
    }
}

extension Party {
    /// Shows system calls that were made on this side, in their order.
    func show(_ calls: [SystemCallRecord]) {
        for record in calls {
            let place = stage.begin(lane, labelled("\(record.call)(\(record.arguments))"))
            let result = record.errno?.name ?? "\(record.result)"
            stage.finish(place, result, failed: record.errno != nil)
        }
    }
}
