private import Glibc
private import Synchronization

/// One system call as the gate saw it: what `--trace` prints.
public struct SystemCallRecord: Sendable {
    public let call: String
    /// Decoded, comma separated, as in strace: `5, 127.0.0.1:3000`.
    public let arguments: String
    public let result: Int
    /// Set where the call failed; `result` is then -1.
    public let errno: Errno?
    public let duration: Duration
}

/// Somebody who watches the gate: the tracer, or a test that makes calls fail.
public protocol SystemCallObserver: Sendable {
    /// Asked before the call is made: an error here is what the caller gets, and the kernel is not asked. Only
    /// close(2) is made all the same: whatever it says, the descriptor is gone.
    func fault(for call: String, descriptor: Int32) -> Errno?

    /// Asked how much a call may move that could move more; nil is all of it. Only builds for tests ask.
    func most(for call: String) -> Int?

    /// Asked whether the last call of that name moved less for that reason alone: there may be more.
    func hasShortened(_ call: String) -> Bool

    /// Whether it wants to be told of calls: what is told is made of strings, which take longer than many a call.
    var wantsRecords: Bool { get }

    /// Told after the call, on the thread that made it. It must not make system calls through the gate.
    func observe(_ record: SystemCallRecord)
}

extension SystemCallObserver {
    public func fault(for call: String, descriptor: Int32) -> Errno? { nil }
    public func most(for call: String) -> Int? { nil }
    public func hasShortened(_ call: String) -> Bool { false }
    public var wantsRecords: Bool { true }
    public func observe(_ record: SystemCallRecord) {}
}

/// What one attempt at an operation that may have to wait came to: would-block is a value, never an error.
package enum Attempt<Value: Sendable>: Sendable {
    case done(Value)
    case wouldBlock
}

/// The gate that system calls pass: it retries EINTR, turns -1 into `Errno`, and can be watched.
///
/// Unwatched, which is the rule, the gate costs one relaxed load and a predictable branch.
package enum SystemCall {
    private static let isWatched = Atomic<Bool>(false)
    private static let observers = Lock<[any SystemCallObserver]>([])

    /// Adds an observer; observers are asked and told in the order they came.
    package static func watch(_ observer: any SystemCallObserver) {
        observers.withLock { $0.append(observer) }
        isWatched.store(true, ordering: .relaxed)
    }

    /// Removes every observer for which `matches` holds.
    package static func unwatch(where matches: (any SystemCallObserver) -> Bool) {
        observers.withLock { list in
            list.removeAll(where: matches)
            isWatched.store(!list.isEmpty, ordering: .relaxed)
        }
    }

    /// More interruptions in a row than signals make: then EINTR is an error.
    static let mostInterrupts = 1000

    /// How much a call is to move: what is asked for, unless a test has it move less.
    @inline(__always)
    static func room(_ call: StaticString, _ count: Int) -> Int {
        #if DEBUG
            if isWatched.load(ordering: .relaxed) {
                let limits = observers.withLock { $0 }.compactMap { $0.most(for: call.description) }
                return min(limits.min() ?? count, count)
            }
        #endif
        return count
    }

    /// Whether a test has had the last call of that name move less than there was.
    @inline(__always)
    static func wasShortened(_ call: StaticString) -> Bool {
        #if DEBUG
            if isWatched.load(ordering: .relaxed) {
                return observers.withLock { $0 }.contains { $0.hasShortened(call.description) }
            }
        #endif
        return false
    }

    /// Makes a call until it is not interrupted, and returns its result.
    ///
    /// `retryingInterrupts` is false for close(2), whose descriptor is gone all the same, and for connect(2),
    /// which goes on in the background.
    @inline(__always)
    static func perform(
        _ call: StaticString,
        on descriptor: Int32,
        retryingInterrupts: Bool = true,
        arguments: @autoclosure () -> String,
        _ body: () -> Int
    ) throws(Errno) -> Int {
        if isWatched.load(ordering: .relaxed) {
            return try performWatched(
                call, on: descriptor, retryingInterrupts: retryingInterrupts, arguments: arguments, body)
        }
        var interrupts = 0
        while true {
            let result = body()
            if result >= 0 { return result }
            // errno is read before anything else can run: a release or a log line in between would overwrite it.
            let number = Glibc.errno
            interrupts += 1
            guard number == EINTR, retryingInterrupts, interrupts < mostInterrupts else {
                throw Errno(rawValue: number)
            }
        }
    }

    /// As `perform`, for calls on non-blocking descriptors: EAGAIN is the value `.wouldBlock`.
    @inline(__always)
    static func attempt(
        _ call: StaticString,
        on descriptor: Int32,
        arguments: @autoclosure () -> String,
        _ body: () -> Int
    ) throws(Errno) -> Attempt<Int> {
        do throws(Errno) {
            return .done(try perform(call, on: descriptor, arguments: arguments(), body))
        } catch {
            guard error == .wouldBlock else { throw error }
            return .wouldBlock
        }
    }

    @inline(never)
    private static func performWatched(
        _ call: StaticString,
        on descriptor: Int32,
        retryingInterrupts: Bool,
        arguments: () -> String,
        _ body: () -> Int
    ) throws(Errno) -> Int {
        let present = observers.withLock { $0 }
        var interrupts = 0
        while true {
            let start = Deadline.now
            let fault = fault(for: call, descriptor, present)
            // What close(2) says changes nothing about the descriptor: it is gone.
            let made = fault == nil || call.description == "close" ? body() : -1
            let result = fault == nil ? made : -1
            let failure = result < 0 ? fault ?? Errno(rawValue: Glibc.errno) : nil
            if present.contains(where: { $0.wantsRecords }) {
                let record = SystemCallRecord(
                    call: call.description, arguments: arguments(), result: result, errno: failure,
                    duration: .now - start)
                for observer in present { observer.observe(record) }
            }
            guard let failure else { return result }
            interrupts += 1
            guard failure == .interrupted, retryingInterrupts, interrupts < mostInterrupts else { throw failure }
        }
    }

    /// The first observer's fault. Each is asked once: those that count would give out two for one call otherwise.
    private static func fault(
        for call: StaticString, _ descriptor: Int32, _ observers: [any SystemCallObserver]
    ) -> Errno? {
        for observer in observers {
            if let fault = observer.fault(for: call.description, descriptor: descriptor) { return fault }
        }
        return nil
    }
}
