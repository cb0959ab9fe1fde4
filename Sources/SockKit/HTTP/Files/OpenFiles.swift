/// Small files that were asked for a moment ago and are kept open, so that the next request need not open them.
///
/// What is answered is always what is there now: for each request the path is looked up and must lead to the same file,
/// and the bytes are read again. Opening, and with it the kernel's check that no link in the path leads out of the root,
/// is what is saved; it is done again after a second. A path with a link at its end is opened each time.
@Netpoller
struct OpenFiles {
    /// A file that is kept open.
    final class Entry {
        let path: KernelPath
        /// Where a compressed copy may be.
        let compressedPath: KernelPath
        let fileName: String
        let file: FileDescriptor
        fileprivate var target: [UInt8] = []
        fileprivate var expiry = Deadline.past
        private(set) var status: FileStatus
        private(set) var facts: FileFacts

        init(path: KernelPath, fileName: String, _ file: consuming FileRoot.OpenFile, facts: FileFacts) {
            self.path = path
            compressedPath = path.appending(".gz")
            self.fileName = fileName
            self.facts = facts
            status = file.status
            self.file = file.takeDescriptor()
        }

        /// The file has been changed.
        fileprivate func renew(_ status: FileStatus) {
            self.status = status
            facts = FileFacts(status, fileName: fileName, now: .now)
        }
    }

    /// The largest file that is kept open.
    nonisolated static let largest = 16 << 10
    static let lifetime = Duration.seconds(1)
    /// A power of two. Two targets that want the same place take turns.
    private static let places = 128

    private var entries = [Entry?](repeating: nil, count: places)

    /// The file that this target asked for, if that still leads to it; with what it is now.
    mutating func find(_ target: Span<UInt8>, in root: FileRoot) -> Entry? {
        let place = Self.place(of: target)
        guard let entry = entries[place], entry.target.span.equals(target) else { return nil }
        guard !entry.expiry.hasPassed,
            let status = try? root.status(of: entry.path, followingLinks: false),
            status.isSameFile(as: entry.status), status.kind == .regular, status.size <= Self.largest
        else {
            entries[place] = nil
            return nil
        }
        // A tag that was weak because the file had just been changed may be strong by now.
        if status != entry.status || entry.facts.validators.tag?.isWeak == true { entry.renew(status) }
        return entry
    }

    /// Keeps a file open that this target asked for.
    mutating func keep(_ entry: Entry, for target: Span<UInt8>) {
        entry.target.append(target)
        entry.expiry = .now + Self.lifetime
        entries[Self.place(of: target)] = entry
    }

    /// Closes those whose time is over; whether any are left.
    mutating func closeExpired() -> Bool {
        var isAnyLeft = false
        for index in entries.indices {
            guard let entry = entries[index] else { continue }
            if entry.expiry.hasPassed { entries[index] = nil } else { isAnyLeft = true }
        }
        return isAnyLeft
    }

    private static func place(of target: Span<UInt8>) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in target.indices { hash = (hash ^ UInt64(target[index])) &* 0x100_0000_01b3 }
        return Int(truncatingIfNeeded: hash ^ hash >> 32) & (places - 1)
    }
}
