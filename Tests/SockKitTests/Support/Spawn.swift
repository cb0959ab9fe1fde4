import Glibc
import Synchronization

/// A system call that the harness itself could not do without.
struct HarnessError: Error, CustomStringConvertible {
    let description: String

    init(_ call: String, _ code: Int32 = errno) {
        description = "\(call): \(unsafe String(cString: strerror(code)))"
    }
}

/// The three descriptors a program begins with; nil is a closed one.
struct StandardDescriptors {
    var input: Int32?
    var output: Int32?
    var error: Int32?
}

/// A pipe has two ends; both are closed in the programs that are started while it is open.
struct Pipe {
    let readEnd: Int32
    let writeEnd: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw HarnessError("pipe") }
        readEnd = ends[0]
        writeEnd = ends[1]
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    }
}

/// Held from the making of a pipe until the program that gets one of its ends is running: between pipe(2) and FD_CLOEXEC
/// a program started by another test would inherit the pipe, and its other end would never see the end of the stream.
let spawnTurn = Mutex(())

/// Starts a program as the leader of a process group of its own, with default signal dispositions and an empty mask.
func spawn(
    _ path: String, _ arguments: [String], environment: [String: String], descriptors: StandardDescriptors
) throws -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawnattr_init(&attributes)
    defer {
        unsafe posix_spawn_file_actions_destroy(&actions)
        unsafe posix_spawnattr_destroy(&attributes)
    }
    let wanted = [(descriptors.input, 0), (descriptors.output, 1), (descriptors.error, 2)] as [(Int32?, Int32)]
    for (descriptor, number) in wanted {
        if let descriptor {
            unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, number)
        } else {
            unsafe posix_spawn_file_actions_addclose(&actions, number)
        }
    }
    // What the test process has open by chance is none of the program's business.
    for number in names(in: "/proc/self/fd").compactMap(Int32.init) where number > 2 {
        unsafe posix_spawn_file_actions_addclose(&actions, number)
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
    guard code == 0 else { throw HarnessError("posix_spawn \(path)", code) }
    return pid
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
func startThread(_ body: @escaping @Sendable () -> Void) {
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
    pthread_detach(thread)
}

/// Runs something that blocks and waits for it: a task that blocks may hold the only thread that there is for tasks.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in startThread { continuation.resume(returning: body()) } }
}

private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    let copies = unsafe strings.map { unsafe strdup($0) } + [nil]
    defer { unsafe copies.forEach { unsafe free($0) } }
    return unsafe copies.withUnsafeBufferPointer { unsafe body($0.baseAddress!) }
}
