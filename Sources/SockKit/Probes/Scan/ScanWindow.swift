/// How many attempts may be under way at once: as many as were allowed, until this machine has not what that takes.
///
/// Then it halves, and grows again by one for each window's worth of attempts that came to their ends, as TCP does.
struct ScanWindow: Sendable, Hashable {
    let most: Int
    private(set) var size: Int
    private var credit = 0

    init(most: Int) {
        self.most = max(1, most)
        size = self.most
    }

    /// An attempt has come to its end.
    mutating func grow() {
        guard size < most else { return }
        credit += 1
        guard credit >= size else { return }
        credit = 0
        size += 1
    }

    /// With so many attempts under way there was no room for one more.
    mutating func shrink(underWay: Int) {
        size = max(1, min(size, underWay) / 2)
        credit = 0
    }
}
