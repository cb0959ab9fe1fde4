private import CLinux
private import Glibc

/// The signals that a command-line program meets.
package enum Signal: Sendable, CaseIterable {
    case interrupt, terminate, hangUp, userOne
    /// The size of the terminal has changed.
    case windowChange
    /// What no program can ignore.
    case kill

    package var number: Int32 {
        switch self {
        case .interrupt: SIGINT
        case .terminate: SIGTERM
        case .hangUp: SIGHUP
        case .userOne: SIGUSR1
        case .windowChange: SIGWINCH
        case .kill: SIGKILL
        }
    }

    /// As signal(7) writes it.
    var name: String {
        switch self {
        case .interrupt: "SIGINT"
        case .terminate: "SIGTERM"
        case .hangUp: "SIGHUP"
        case .userOne: "SIGUSR1"
        case .windowChange: "SIGWINCH"
        case .kill: "SIGKILL"
        }
    }

    /// What signal(7) calls the signal with this number.
    package static func name(of number: Int32) -> String {
        guard let name = unsafe sigabbrev_np(number) else { return "signal \(number)" }
        return unsafe "SIG\(String(cString: name))"
    }
}

package enum SignalCalls {
    /// A write to a peer that is gone is to be an error, not the process's end: ignores SIGPIPE unless somebody
    /// already handles it.
    ///
    /// Sends carry MSG_NOSIGNAL, but splice(2) and sendfile(2) have no such flag.
    package static func ignoreBrokenPipes() { ignore(SIGPIPE) }

    /// A write beyond the largest file that the process may have is to be an error, EFBIG, not the process's end: ignores
    /// SIGXFSZ unless somebody already handles it (setrlimit(2)).
    package static func ignoreFileSizeLimit() { ignore(SIGXFSZ) }

    private static func ignore(_ number: Int32) {
        var action = sigaction()
        guard unsafe sigaction(number, nil, &action) == 0,
            unsafe action.__sigaction_handler.sa_handler == nil
        else { return }
        _ = Glibc.signal(number, SIG_IGN)
    }

    /// The end of a child is to be seen: a program that was started with SIGCHLD ignored would never learn how its own
    /// children ended (waitpid(2)).
    package static func heedChildren() {
        if isIgnored(SIGCHLD) { _ = Glibc.signal(SIGCHLD, SIG_DFL) }
    }

    /// A descriptor that becomes readable when one of the signals has come; they no longer do what they did.
    ///
    /// Must be called before the process has a second thread, so that every thread inherits the mask. Where it fails the mask
    /// may have changed: `release` undoes that.
    package static func makeDescriptor(for signals: [Signal]) throws(Errno) -> FileDescriptor {
        var mask = sigset_t()
        unsafe sigemptyset(&mask)
        // A signal that was ignored when we began stays so (nohup, a shell's background job): a blocked one would come.
        for signal in signals where !isIgnored(signal.number) { unsafe sigaddset(&mask, signal.number) }
        guard unsafe pthread_sigmask(SIG_BLOCK, &mask, nil) == 0 else { throw .invalidArgument }
        let flags = Int32(SFD_NONBLOCK | SFD_CLOEXEC)
        let names = signals.map(\.name).joined(separator: "|")
        let number = try SystemCall.perform(
            "signalfd4", on: -1, arguments: "-1, \(names), SFD_NONBLOCK|SFD_CLOEXEC"
        ) {
            unsafe Int(signalfd(-1, &mask, flags))
        }
        return FileDescriptor(adopting: Int32(number))
    }

    /// Has them do again what they do by default: who cannot see them is not to be deaf to them.
    package static func release(_ signals: [Signal]) {
        var mask = sigset_t()
        unsafe sigemptyset(&mask)
        for signal in signals { unsafe sigaddset(&mask, signal.number) }
        _ = unsafe pthread_sigmask(SIG_UNBLOCK, &mask, nil)
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(number, nil, &action) == 0 else { return false }
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1  // SIG_IGN
    }

    /// Takes one signal that has come.
    package static func take(from descriptor: Int32) throws(Errno) -> Attempt<Signal?> {
        var information = signalfd_siginfo()
        // Never less than one signal: such a read is an error (signalfd(2)).
        let outcome = try unsafe withUnsafeMutableBytes(of: &information) { room throws(Errno) in
            try SystemCall.attempt("read", on: descriptor, arguments: "\(descriptor), signalfd") {
                unsafe Glibc.read(descriptor, room.baseAddress, room.count)
            }
        }
        guard case .done = outcome else { return .wouldBlock }
        return .done(Signal.allCases.first { $0.number == Int32(information.ssi_signo) })
    }
}
