import Glibc
import SockKit
import Synchronization

/// A system call that the harness itself could not do without.
struct HarnessError: Error, CustomStringConvertible {
    let description: String

    init(_ call: String, _ code: Int32 = errno) {
        description = "\(call): \(unsafe String(cString: strerror(code)))"
    }
}

/// What a program has as one of its first three descriptors. It opens it itself.
struct StandardStream: Sendable {
    let path: String
    let flags: Int32

    /// A file.
    init(_ path: String, _ flags: Int32) {
        self.path = path
        self.flags = flags
    }

    /// A pipe, or whatever else this process has open under that number.
    init(_ descriptor: Int32, _ flags: Int32) {
        self.init("/proc/\(getpid())/fd/\(descriptor)", flags)
    }
}

/// The three that a program begins with; nil is a closed one.
struct StandardStreams: Sendable {
    var input: StandardStream?
    var output: StandardStream?
    var error: StandardStream?
}

/// The two ends of a pipe, which do not block us.
struct Pipe {
    let readEnd: Int32
    let writeEnd: Int32

    init() throws { (readEnd, writeEnd) = try FileCalls.pipe() }
}

/// Starts a program as the leader of a process group, with default signal dispositions and an empty mask.
///
/// Until its exec(2) a program that is being started holds whatever its parent held. Had it our descriptors, then a
/// socket that another test closes in that moment would stay open: its port would not be free, and its peer would not
/// hear of the end. So it is started by a thread whose table of descriptors is empty.
func spawn(
    _ path: String, _ arguments: [String], environment: [String: String], streams: StandardStreams
) throws -> pid_t {
    let (code, pid) = runOnThread {
        leaveDescriptors()
        return startProgram(path, arguments, environment: environment, streams: streams)
    }
    guard code == 0 else { throw HarnessError("posix_spawn \(path)", code) }
    return pid
}

/// Gives the calling thread a table of descriptors of its own, which has only the first three. The corresponding call is
/// close_range(2), which Glibc's module hides. Where the kernel does not have it the thread goes on with all of them.
private func leaveDescriptors() {
    typealias CloseRange = @convention(c) (UInt32, UInt32, Int32) -> Int32
    let unshare: Int32 = 1 << 1
    guard let symbol = unsafe dlsym(nil, "close_range") else { return }
    _ = unsafe unsafeBitCast(symbol, to: CloseRange.self)(3, .max, unshare)
}

private func startProgram(
    _ path: String, _ arguments: [String], environment: [String: String], streams: StandardStreams
) -> (code: Int32, pid: pid_t) {
    var actions = unsafe posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawnattr_init(&attributes)
    defer {
        unsafe posix_spawn_file_actions_destroy(&actions)
        unsafe posix_spawnattr_destroy(&attributes)
    }
    for (number, stream) in zip(Int32(0)..., [streams.input, streams.output, streams.error]) {
        if let stream {
            unsafe posix_spawn_file_actions_addopen(&actions, number, stream.path, stream.flags, 0o644)
        } else {
            unsafe posix_spawn_file_actions_addclose(&actions, number)
        }
    }
    var all = sigset_t()
    var none = sigset_t()
    unsafe sigfillset(&all)
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

    var pid: pid_t = 0
    let code = unsafe withCStrings([path] + arguments) { argv in
        unsafe withCStrings(environment.map { "\($0.key)=\($0.value)" }) { envp in
            unsafe posix_spawn(&pid, path, &actions, &attributes, argv, envp)
        }
    }
    return (code, pid)
}

/// This process's environment, as a program started by it would see it.
func currentEnvironment() -> [String: String] {
    var result: [String: String] = [:]
    var entry = unsafe environ
    while let text = unsafe entry.pointee {
        let pair = unsafe String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if pair.count == 2 { result[String(pair[0])] = String(pair[1]) }
        unsafe entry += 1
    }
    return result
}

/// Runs `body` on a thread of its own, for work that blocks.
func startThread(_ body: @escaping @Sendable () -> Void) { pthread_detach(makeThread(body)) }

/// Runs something that blocks and waits for it: a task that blocks may hold the only thread that there is for tasks.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in startThread { continuation.resume(returning: body()) } }
}

/// Runs something short on a thread of its own and waits for it, for what belongs to a thread.
private func runOnThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Value {
    let slot = Slot<Value>()
    let thread = makeThread {
        let value = body()
        slot.value.withLock { $0 = value }
    }
    pthread_join(thread, nil)
    return slot.value.withLock { $0! }
}

/// Where a thread leaves its result.
private final class Slot<Value: Sendable>: Sendable { let value = Lock<Value?>(nil) }

private func makeThread(_ body: @escaping @Sendable () -> Void) -> pthread_t {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let box = unsafe Unmanaged.passRetained(Box(body))
    let code = unsafe pthread_create(
        &thread, nil,
        { context in
            unsafe Unmanaged<Box>.fromOpaque(context!).takeRetainedValue().body()
            return nil
        }, box.toOpaque())
    precondition(code == 0, "pthread_create failed")
    return thread
}

private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    let copies = unsafe strings.map { unsafe strdup($0) } + [nil]
    defer { unsafe copies.forEach { unsafe free($0) } }
    return unsafe copies.withUnsafeBufferPointer { unsafe body($0.baseAddress!) }
}
