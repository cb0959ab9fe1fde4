private import CLinux

/// What malloc has of the kernel.
package enum MemoryCalls {
    /// Gives back all whole pages that are free, also those with something in use behind them, which malloc by itself
    /// never does.
    ///
    /// The corresponding C function is malloc_trim(3).
    package static func giveBack() { _ = malloc_trim(0) }
}
