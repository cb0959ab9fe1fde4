import SockKit

struct SystemCallEvent: Event {
    static let name = "syscall"
    static let level = EventLevel.trace
    static let summary = "One system call, with `--trace`."
    static let fields = [
        Field("call", "Its name.", \.record.call),
        Field("arguments", "What it was given.", \.record.arguments),
        Field("result", "What it returned; -1 where it failed.", \.record.result),
        Field("errno", "The name of the error.", \.record.errno?.name),
        Field("seconds", "How long it took.", \.record.duration),
    ]

    let record: SystemCallRecord

    /// As strace prints it, the time in a column of its own: `connect(5, 127.0.0.1:3000) = -1 EINPROGRESS  12 µs`.
    func text(on terminal: Terminal) -> String {
        let line =
            "\(record.call)(\(record.arguments)) = \(record.result)" + (record.errno.map { " \($0.name)" } ?? "")
        return line.printable + String(repeating: " ", count: max(2, 60 - line.count))
            + Quantity.duration(record.duration)
    }
}
