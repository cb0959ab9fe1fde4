/// What the kernel says of a file: which it is, how large, and when it was changed.
package struct FileStatus: Sendable, Hashable {
    package let kind: FileKind
    /// Who may read, write and run it: the lowest nine bits of its mode.
    package let permissions: UInt32
    package let device: UInt64
    package let inode: UInt64
    package let size: Int
    /// When its bytes were last changed, or what somebody said of that (utimensat(2)).
    package let modified: Timestamp
    /// When anything of it was last changed. Nobody can set it.
    package let changed: Timestamp

    /// Both are the same file, whether it has been changed or not.
    package func isSameFile(as other: FileStatus) -> Bool { inode == other.inode && device == other.device }
}
