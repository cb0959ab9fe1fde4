/// Memory that the kernel reads or writes while the program goes on: allocated by hand, so that it never moves.
///
/// It is freed with its last reference, and a `Uring` keeps one for as long as the kernel may use the memory.
@safe final class UringBuffer {
    let address: UnsafeMutableRawPointer
    let count: Int

    /// A submission has 32 bits for a length, and its completion 31.
    private static let most = 1 << 30

    init(count: Int) {
        self.count = min(count, Self.most)
        unsafe address = .allocate(byteCount: self.count, alignment: 16)
    }

    deinit {
        unsafe address.deallocate()
    }
}
