private import CLinux
private import Glibc

/// Child processes that hold what this one has open.
package enum ChildCalls {
    /// A child with a copy of every descriptor, close-on-exec or not, that does nothing until it is killed.
    /// The corresponding call is fork(2).
    package static func forkSleeper() throws(Errno) -> Int32 {
        Int32(try SystemCall.perform("fork", on: -1, arguments: "") { Int(sk_fork_sleeper()) })
    }

    /// Kills a child of ours with SIGKILL and waits until the kernel has closed all that it held.
    package static func killAndReap(_ child: Int32) throws(Errno) {
        _ = try SystemCall.perform("kill", on: -1, arguments: "\(child), SIGKILL") { Int(kill(child, SIGKILL)) }
        _ = try SystemCall.perform("waitpid", on: -1, arguments: "\(child)") { Int(waitpid(child, nil, 0)) }
    }

    /// How a program ended.
    package enum Ending: Sendable, Hashable {
        case exit(Int32)
        case signal(Int32)
    }

    /// Has a child write(2) one byte to a descriptor, with SIGPIPE as a program finds it at its start, and says how the
    /// child ended: 0 if the byte was written, 1 if write(2) failed and it lived to see that.
    package static func writeUnprotected(to descriptor: Int32) throws(Errno) -> Ending {
        let child = Int32(try SystemCall.perform("fork", on: -1, arguments: "") { Int(sk_fork_writer(descriptor)) })
        var status: Int32 = 0
        _ = try SystemCall.perform("waitpid", on: -1, arguments: "\(child)") {
            unsafe Int(waitpid(child, &status, 0))
        }
        let signal = status & 0x7f
        return signal == 0 ? .exit((status >> 8) & 0xff) : .signal(signal)
    }
}
