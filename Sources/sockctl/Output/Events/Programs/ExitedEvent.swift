import SockKit

struct ExitedEvent: Event {
    static let name = "exited"
    static let level = EventLevel.verbose
    static let summary = "A program that was started for a peer has ended."
    static let fields =
        Field.ends(\.ends) + [
            Field("pid", "Its process number.") { Int($0.pid) },
            Field("status", "The status it ended with; not if a signal ended it.", \.status),
            Field("signal", "The signal that ended it, as `SIGTERM`.", \.signal),
            Field("seconds", "How long it ran.", \.duration),
        ]

    let ends: Ends
    let pid: Int32
    let ending: ChildCalls.Ending
    let duration: Duration

    private var status: Int? {
        if case .exit(let status) = ending { Int(status) } else { nil }
    }

    private var signal: String? {
        if case .signal(let number) = ending { Signal.name(of: number) } else { nil }
    }

    func text(on terminal: Terminal) -> String {
        let how = signal.map { "was ended by \($0)" } ?? "ended with status \(status ?? 0)"
        return "process \(pid), of \(terminal.peer(ends)), \(how) after \(Quantity.duration(duration))"
    }
}
