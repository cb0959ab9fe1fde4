private import Glibc

/// What the kernel says of a file: which it is, how large, and when it was changed.
package struct FileStatus: Sendable, Hashable {
    package let kind: FileKind
    package let device: UInt64
    package let inode: UInt64
    package let size: Int
    /// When its bytes were last changed, or what somebody said of that (utimensat(2)).
    package let modified: Timestamp
    /// When anything of it was last changed. Nobody can set it.
    package let changed: Timestamp

    /// Both are the same file, whether it has been changed or not.
    package func isSameFile(as other: FileStatus) -> Bool { inode == other.inode && device == other.device }

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int(status.st_size)
        modified = Timestamp(seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int64(status.st_mtim.tv_nsec))
        changed = Timestamp(seconds: Int64(status.st_ctim.tv_sec), nanoseconds: Int64(status.st_ctim.tv_nsec))
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFIFO: .pipe
            case S_IFSOCK: .socket
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            default: .device
            }
    }
}
