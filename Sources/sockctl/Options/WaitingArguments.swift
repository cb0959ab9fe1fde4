import SockKit

/// How the program waits for its peers.
struct WaitingArguments: Equatable, Sendable {
    var busyPoll: Duration?

    static let rows: [Row<WaitingArguments>] = [
        .option(
            "busy-poll", as: .duration, into: \.busyPoll, help: "Look for events so long before sleeping.",
            detail: """
                A thread that looks need not be woken, which takes longer than a peer nearby needs to answer. It pays \
                with few connections that always have something to say, where each side has a processor of its own. \
                With a hundred connections there is nearly always something to do, and it changes nothing. Where \
                others want the processor, or both sides share one, looking only takes it away from them: so three \
                looks in vain end it, until eight sleeps in a row were shorter than this. A program that is idle \
                sleeps. `50us` is a good value.
                """
        ).manualOnly
            .excludes(
                "trace", reason: "'--busy-poll' looks thousands of times a second, and '--trace' would show each time")
    ].titled("Pace")

    /// Tells the loop.
    @Netpoller
    func apply() {
        if let busyPoll { Netpoller.setBusyPolling(busyPoll) }
    }
}
