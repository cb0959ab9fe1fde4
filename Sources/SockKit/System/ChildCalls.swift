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
}
