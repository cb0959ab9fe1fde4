/// An experiment with the kernel: a value that says what to do, and tells what it sees.
public protocol Probe: Sendable {
    associatedtype Event: Sendable
    associatedtype Outcome: Sendable
    associatedtype Failure: Error

    /// Told of each event as it happens; it must not block.
    var onEvent: (@Netpoller @Sendable (Event) -> Void)? { get set }

    /// Runs the experiment. What it finds is the outcome, whatever it is; an error says that it could not be run.
    @Netpoller
    func run() async throws(Failure) -> Outcome
}
