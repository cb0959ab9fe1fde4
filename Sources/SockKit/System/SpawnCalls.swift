private import CLinux
private import Glibc

/// Programs that are started as children of this one.
package enum SpawnCalls {
    /// What a program finds as its standard input, output and error.
    package enum Streams: Sendable {
        /// These descriptors of ours; without an error, standard error is the one that we have.
        case given(input: Int32, output: Int32, error: Int32?)
        /// A terminal, which becomes the one that controls the program.
        case terminal(path: String)
    }

    /// Starts a program, and returns its number once it has been loaded. The corresponding call is posix_spawn(3).
    ///
    /// `words` are its name, which is looked for in PATH if there is no slash in it, and its arguments; `environment` has
    /// `NAME=value`. It leads a process group of its own, on a terminal a session; signals do with it what signal(7) says,
    /// none is blocked, and it has no descriptor but its three. Nor has it this process's limit of them, once this has
    /// returned: posix_spawn(3) knows no limits, so the program may see the raised one in its first moments, and who is
    /// forked by then keeps it.
    package static func start(
        _ words: [[UInt8]], environment: [[UInt8]], _ streams: Streams
    ) throws(Errno) -> Int32 {
        let words = CStrings(words)
        let environment = CStrings(environment)
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        unsafe add(streams, to: &actions)
        set(&attributes, leadsSession: streams.isTerminal)
        var child: pid_t = 0
        _ = try SystemCall.perform("posix_spawn", on: -1, arguments: words.description) {
            let code = unsafe posix_spawnp(
                &child, words.pointers[0]!, &actions, &attributes, words.pointers.baseAddress!,
                environment.pointers.baseAddress!)
            guard code != 0 else { return Int(child) }
            errno = code
            return -1
        }
        ProcessCalls.giveDescriptorLimit(to: child)
        return child
    }

    private static func add(_ streams: Streams, to actions: inout posix_spawn_file_actions_t) {
        switch streams {
        case .given(let input, let output, let error):
            // All of them are above 2: a number that is its own copy would stay close-on-exec.
            unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
            unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
            if let error { unsafe posix_spawn_file_actions_adddup2(&actions, error, 2) }
        case .terminal(let path):
            // A session's leader that opens a terminal is controlled by it (tty(4), setsid(2)).
            unsafe posix_spawn_file_actions_addopen(&actions, 0, path, O_RDWR, 0)
            unsafe posix_spawn_file_actions_adddup2(&actions, 0, 1)
            unsafe posix_spawn_file_actions_adddup2(&actions, 0, 2)
        }
        unsafe posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    }

    private static func set(_ attributes: inout posix_spawnattr_t, leadsSession: Bool) {
        var all = sigset_t()
        var none = sigset_t()
        // All of them: sigfillset(3) leaves out the two that threads use, which would then be ignored.
        unsafe withUnsafeMutableBytes(of: &all) { for index in $0.indices { unsafe $0[index] = 0xff } }
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let group = leadsSession ? Int32(SK_POSIX_SPAWN_SETSID) : POSIX_SPAWN_SETPGROUP
        unsafe posix_spawnattr_setflags(&attributes, Int16(group | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    }
}

extension SpawnCalls.Streams {
    fileprivate var isTerminal: Bool {
        if case .terminal = self { true } else { false }
    }
}

/// Texts as C takes a list of them, with a null pointer at its end.
@safe private struct CStrings: ~Copyable {
    let pointers: UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>

    init(_ texts: [[UInt8]]) {
        unsafe pointers = .allocate(capacity: texts.count + 1)
        unsafe pointers.initialize(repeating: nil)
        for (index, text) in texts.enumerated() {
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.count + 1)
            for (place, byte) in text.enumerated() { unsafe copy[place] = CChar(bitPattern: byte) }
            unsafe copy[text.count] = 0
            unsafe pointers[index] = copy
        }
    }

    deinit {
        unsafe pointers.forEach { unsafe $0?.deallocate() }
        unsafe pointers.deallocate()
    }

    var description: String {
        unsafe pointers.compactMap { unsafe $0.map { unsafe "\"\(String(cString: $0))\"" } }.joined(separator: ", ")
    }
}
