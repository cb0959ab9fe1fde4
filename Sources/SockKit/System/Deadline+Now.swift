// Whichever of the two the compiler meets first is the one that `timespec` belongs to.
private import CLinux
private import Glibc

// By itself, so that a simulation can have another clock.
extension Deadline {
    /// The present moment.
    public static var now: Deadline {
        var time = timespec()
        // Cannot fail for CLOCK_MONOTONIC, and is answered by the vDSO without entering the kernel.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Deadline(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }
}
