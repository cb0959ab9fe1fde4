private import CLinux
private import Glibc

/// Children that are watched through a descriptor each: their numbers may be others' by the time that they are used.
extension ChildCalls {
    /// A descriptor that becomes readable when a child of ours has ended. The corresponding call is pidfd_open(2).
    package static func watch(_ child: Int32) throws(Errno) -> FileDescriptor {
        let number = try SystemCall.perform("pidfd_open", on: -1, arguments: "\(child), 0") {
            Int(sk_pidfd_open(child))
        }
        return FileDescriptor(adopting: Int32(number))
    }

    /// How a child has ended, which takes it from the process table; would-block while it runs. The corresponding call is
    /// waitid(2).
    package static func takeEnding(of watch: Int32) throws(Errno) -> Attempt<Ending> {
        var (code, status): (Int32, Int32) = (0, 0)
        let child = try SystemCall.perform(
            "waitid", on: watch, arguments: "P_PIDFD, \(watch), WEXITED|WNOHANG"
        ) {
            unsafe Int(sk_wait_pidfd(watch, &code, &status))
        }
        guard child > 0 else { return .wouldBlock }
        return .done(code == Int32(CLD_EXITED) ? .exit(status) : .signal(status))
    }

    /// Takes a child that has ended from the process table, unless it is one of these; false if there is none to be taken.
    package static func reap(but kept: Set<Int32>) -> Bool {
        let child = sk_ended_child()
        guard child > 0, !kept.contains(child) else { return false }
        return waitpid(child, nil, WNOHANG) == child
    }

    /// Sends a signal to all of the process group that a child leads, or led; nil only looks whether anybody is there.
    ///
    /// The corresponding call is pidfd_send_signal(2). Before Linux 6.9 it knows no groups, and kill(2) has to do, whose
    /// number could be another's once the child was taken from the process table and its group is empty.
    package static func signalGroup(of child: Int32, _ watch: Int32, _ signal: Signal?) throws(Errno) {
        let number = signal?.number ?? 0
        do throws(Errno) {
            _ = try SystemCall.perform(
                "pidfd_send_signal", on: watch,
                arguments: "\(watch), \(signal?.name ?? "0"), PIDFD_SIGNAL_PROCESS_GROUP"
            ) {
                Int(sk_pidfd_send_signal(watch, number, UInt32(SK_PIDFD_SIGNAL_PROCESS_GROUP)))
            }
        } catch {
            guard error == .invalidArgument || error == .noFunction else { throw error }
            _ = try SystemCall.perform("kill", on: -1, arguments: "-\(child), \(signal?.name ?? "0")") {
                Int(Glibc.kill(-child, number))
            }
        }
    }
}
