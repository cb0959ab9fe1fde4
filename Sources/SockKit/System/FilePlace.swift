/// A file, to tell whether two paths lead to one: by its inode or, where it is not there yet, by its folder and its name.
package struct FilePlace: Sendable, Hashable {
    private let device: UInt64
    private let inode: UInt64
    /// Nil for a file that is there.
    private let name: [UInt8]?

    init(device: UInt64, inode: UInt64, name: [UInt8]? = nil) {
        self.device = device
        self.inode = inode
        self.name = name
    }
}
