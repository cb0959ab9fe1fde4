import SockKit

struct WaitedEvent: Event {
    static let name = "waited"
    static let level = EventLevel.verbose
    static let summary = "With `--io-model`: one wait for bytes or, with 0 bytes, for the end, and what it took."
    static let fields =
        Field.ends(\.ends) + [
            Field.bytes(\.wait.bytes), Field("seconds", "How long it took.", \.wait.time),
            Field("calls", "How many system calls it took.", \.wait.calls),
            Field("would_block", "How many of them were in vain.", \.wait.wouldBlock),
            Field("cpu_seconds", "How much processor time it took.", \.wait.processorTime),
        ]

    let ends: Ends
    let wait: IOModelWait

    func text(on terminal: Terminal) -> String {
        let what = wait.bytes == 0 ? "the end" : Quantity.bytes(wait.bytes)
        let vain = wait.wouldBlock > 0 ? ", \(wait.wouldBlock) of them in vain" : ""
        return
            "waited \(Quantity.duration(wait.time)) for \(what): \(Quantity.count(wait.calls, "system call"))\(vain), "
            + "\(Quantity.duration(wait.processorTime)) of CPU"
    }
}
