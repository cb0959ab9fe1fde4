// Whichever of the two the compiler meets first is the one that `timespec` belongs to.
private import CLinux
private import Glibc

/// What the process is and has.
package enum ProcessCalls {
    /// The limit of open descriptors that the process was given, as of the first look.
    private static let givenDescriptorLimit: rlimit? = {
        var limit = rlimit()
        return unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 ? limit : nil
    }()

    /// Gives a child the limit of open descriptors that this process was given: programs that select(2), or that close all
    /// numbers up to the limit, do not get along with a large one.
    static func giveDescriptorLimit(to child: Int32) {
        guard var given = givenDescriptorLimit, Int(clamping: given.rlim_cur) != descriptorLimit else { return }
        _ = unsafe prlimit(child, Int32(RLIMIT_NOFILE.rawValue), &given, nil)
    }

    /// Raises the limit of open descriptors to what is allowed, and returns it.
    @discardableResult
    package static func raiseDescriptorLimit() -> Int {
        _ = givenDescriptorLimit
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        if limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max
            _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// How many descriptors the process may have open now.
    package static var descriptorLimit: Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        return Int(clamping: limit.rlim_cur)
    }

    /// Allows so many and no more, as long as that is less than what the process was given.
    package static func setDescriptorLimit(_ count: Int) {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = min(rlim_t(count), limit.rlim_max)
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// The words of the command line, the program's own name first, as the bytes that they are.
    package static var arguments: [[UInt8]] {
        (0..<Int(CommandLine.argc)).compactMap { index in
            guard let word = unsafe CommandLine.unsafeArgv[index] else { return nil }
            return unsafe Array(UnsafeRawBufferPointer(start: word, count: strlen(word)))
        }
    }

    /// The environment, each variable as `NAME=value`.
    package static var environment: [[UInt8]] {
        var entries: [[UInt8]] = []
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            unsafe entries.append(Array(UnsafeRawBufferPointer(start: text, count: strlen(text))))
            unsafe entry += 1
        }
        return entries
    }

    /// The processor time that all threads of the process have used, in user mode and in the kernel.
    package static var processorTime: Duration {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// Ends the process at once; nothing further runs.
    package static func exit(_ status: Int32) -> Never {
        Glibc.exit(status)
    }

    /// Sees to it that 0, 1 and 2 are open, so that no socket gets one of these numbers and is taken for a stream.
    ///
    /// One that was closed reads as ended and cannot be written.
    package static func prepareStandardDescriptors() {
        for number in Int32(0)...2 where !FileCalls.isOpen(number) {
            // open(2) gives the lowest number that is free, which is this one.
            _ = unsafe Glibc.open("/dev/null", O_RDONLY)
        }
    }

    package static var identifier: Int32 { getpid() }

    /// Takes a variable out of the environment, so that programs which are started do not have it.
    package static func removeEnvironment(_ name: String) {
        _ = unsafe unsetenv(name)
    }

    /// What this machine calls itself. The corresponding call is gethostname(2).
    package static var hostName: String? {
        var room = [UInt8](repeating: 0, count: 256)
        let result = unsafe room.withUnsafeMutableBytes { bytes in
            unsafe gethostname(bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count - 1)
        }
        let name = String(decoding: room.prefix { $0 != 0 }, as: UTF8.self)
        return result == 0 && !name.isEmpty ? name : nil
    }

    package static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}
