/// What may wait for a peer that does not read, and what becomes of it then.
struct QueueArguments: Equatable, Sendable {
    var size = 1 << 20
    var slow = SlowAction.drop

    static let rows: [Row<QueueArguments>] = [
        .option(
            "queue", as: .size(1...(1 << 40)), into: \.size, help: "How much may wait for a peer that does not read.",
            detail: """
                In bytes, beside what the kernel keeps. The others are not kept waiting by such a peer: those who speak \
                wait for the peers that are behind and go on reading, and for nobody else.
                """
        ).manualOnly.needsOthers,
        .option(
            "slow", as: .choice("HOW"), into: \.slow, help: "What becomes of a peer for which too much waits.",
            detail: """
                With `drop` its connection is reset; with `skip` its oldest whole lines are left out. An event `slow` \
                tells it.
                """
        ).manualOnly.needsOthers,
    ].titled("Peers that do not read")
}

extension Row {
    fileprivate var needsOthers: Row {
        needs(
            "serve chat", "serve broker", "keep-open", "max-accepts",
            reason:
                "'{option}' is about what several peers get: use it with '--keep-open', or '--serve chat' or 'broker'"
        )
        .excludes(
            "serve echo", "serve discard", "serve chargen", "serve time", "serve frames",
            reason: "'{option}' is about what one peer gets of the others, and with '{other}' that is nothing"
        )
        .excludes(
            "exec", "sh-exec",
            reason: "'{option}' is about what several peers get, and with '{other}' each has a program of its own"
        )
        .needs(.connection, reason: "'{option}' is about connections, and {network} has none")
    }
}
