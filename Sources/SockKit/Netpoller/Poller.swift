/// What the loop needs of the kernel: the contract that a back end fulfils.
///
/// The loop is written against this alone, and `KernelPoller` names the one back end that it is compiled with: there is no
/// indirection where events pass. A back end for another kernel, or for a simulation of one, is a file in place of
/// `EpollPoller`'s.
///
/// - A descriptor is announced edge-triggered: once when it becomes ready for something, and again only after it was not.
///   What it was ready for when it was added is announced too.
/// - `wait` may return early and without an event. It never returns later than the deadline by more than the kernel's
///   own delay.
/// - Everything but the waker is used by the loop's thread alone.
protocol Poller: ~Copyable {
    /// What other threads hold to end a wait.
    associatedtype Waker: PollerWaker

    /// Takes from the kernel what it needs. If it does not get it, `failure` says so, and nothing else may be called.
    init()

    var failure: NetpollerFailure? { get }
    var waker: Waker { get }

    /// Watches a descriptor, whose events will carry the tag. False if it cannot be watched because it is always ready,
    /// as regular files are.
    func add(_ descriptor: Int32, _ tag: PollTag) throws(Errno) -> Bool

    /// Forgets a descriptor that stays open. One that is closed, and was the last of its open file, is forgotten then.
    func remove(_ descriptor: Int32) throws(Errno)

    /// Waits for events until the deadline, or for ever where that is nil; without `mayWait` it only takes those that are
    /// there. Says how many there are to be asked for.
    mutating func wait(until deadline: Deadline?, mayWait: Bool) throws(NetpollerFailure) -> Int

    /// One of the events of the last wait; nil where it is of no descriptor.
    ///
    /// They are asked for one by one, so that whoever is woken by one may add and remove descriptors.
    mutating func event(_ index: Int) -> (tag: PollTag, readiness: Readiness)?

    /// Whether to look for events for a while before a wait that may be long.
    var busyPolling: BusyPolling { get set }

    /// False where it is certain that a moment, the earliest that was waited for, has not come: the clock need not be read.
    func mayHavePassed(_ moment: Deadline) -> Bool
}

/// Ends the present wait, or the next one, from any thread.
protocol PollerWaker: Sendable {
    func wake()
}

/// What a descriptor has become ready for.
struct Readiness: OptionSet, Sendable {
    let rawValue: UInt8

    static let readable = Readiness(rawValue: 1)
    static let writable = Readiness(rawValue: 2)
    /// The other end will send no more.
    static let peerEnded = Readiness(rawValue: 4)
    /// TCP's urgent data.
    static let urgent = Readiness(rawValue: 8)
    /// An error, or both directions have ended.
    static let failed = Readiness(rawValue: 16)
}

/// Why the loop cannot be started, or cannot go on.
public struct NetpollerFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The system call that failed.
    public let call: String
    public let errno: Errno

    public var description: String { "\(call): \(errno)" }
}
