import SockKit

/// Reports every system call that passes the gate.
struct Tracer: SystemCallObserver {
    let reporter: Reporter

    func observe(_ record: SystemCallRecord) {
        reporter.report(SystemCallEvent(record: record))
    }
}

extension Reporter {
    /// Begins to report system calls, if `--trace` was given.
    func startTracing() {
        if isReported(.trace) { SystemCall.watch(Tracer(reporter: self)) }
    }
}
