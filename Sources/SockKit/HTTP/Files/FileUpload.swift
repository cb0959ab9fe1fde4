/// A file that is being written, beside the place where it is to be. It gets its name when it is whole; if that does not
/// come to pass, nothing of it is left.
struct FileUpload: ~Copyable {
    private let folder: FileDescriptor
    private let file: FileDescriptor
    /// The name it has meanwhile; nil if the file system can do without, where not even a crash leaves anything.
    private var temporaryName: KernelPath?

    /// Begins a file in a folder beneath the root, or says why that cannot be.
    static func begin(in place: KernelPath, of root: FileRoot) throws(FileFailure) -> FileUpload {
        let folder: FileDescriptor
        do throws(FileFailure) {
            folder = try root.openFolder(place, for: .place)
        } catch {
            throw error.status == 404 ? FileFailure.noFolder : error
        }
        do throws(Errno) {
            if let file = try openUnnamed(folder.rawValue) { return FileUpload(folder, file, nil) }
            let name = makeName()
            let file = try FolderCalls.open(name, beneath: folder.rawValue, for: .creating)
            return FileUpload(folder, file, name)
        } catch {
            throw FileFailure(storing: error, in: "folder")
        }
    }

    private init(_ folder: consuming FileDescriptor, _ file: consuming FileDescriptor, _ temporaryName: KernelPath?) {
        self.folder = folder
        self.file = file
        self.temporaryName = temporaryName
    }

    deinit {
        if let temporaryName { try? FolderCalls.remove(temporaryName, in: folder.rawValue) }
    }

    /// Not every file system has files without a name.
    private static func openUnnamed(_ folder: Int32) throws(Errno) -> FileDescriptor? {
        do throws(Errno) {
            return try FolderCalls.open(KernelPath("."), beneath: folder, for: .unnamed)
        } catch {
            guard error == .notSupported || error == .isDirectory || error == .invalidArgument else { throw error }
            return nil
        }
    }

    /// A name that is not served, because it begins with a dot.
    private static func makeName() -> KernelPath {
        KernelPath(".upload-\(String(UInt64.random(in: .min ... .max), radix: 36))".utf8)
    }

    /// Whether the path of the folder still leads to it.
    borrowing func isStill(at place: KernelPath, of root: FileRoot) -> Bool {
        guard let now = try? root.statusBeneath(place), let own = try? FolderCalls.status(of: folder.rawValue) else {
            return false
        }
        return now.isSameFile(as: own)
    }

    /// Writes some more.
    ///
    /// It may block for as long as the disk has no room in memory, which is rare and short; what comes over a network is
    /// mostly slower than that.
    borrowing func write(_ bytes: Span<UInt8>) throws(FileFailure) {
        do throws(Errno) {
            try FileCalls.writeBlocking(file.rawValue, bytes)
        } catch {
            throw FileFailure(error)
        }
    }

    /// Gives the file its name, and these permissions, if another had them. Without `replacing`, a name that is taken is
    /// the failure `whenTaken`.
    mutating func finish(
        as name: KernelPath, replacing: Bool, permissions: UInt32?, whenTaken: FileFailure
    ) throws(FileFailure) {
        do throws(Errno) {
            if let permissions { try FileCalls.setMode(permissions, of: file.rawValue) }
            if temporaryName == nil {
                if !replacing { return try FolderCalls.link(file.rawValue, as: name, in: folder.rawValue) }
                let temporary = Self.makeName()
                try FolderCalls.link(file.rawValue, as: temporary, in: folder.rawValue)
                temporaryName = temporary
            }
            guard let temporaryName else { return }
            try FolderCalls.rename(temporaryName, to: name, in: folder.rawValue, replacing: replacing)
            self.temporaryName = nil
        } catch {
            switch error {
            case .fileExists: throw whenTaken
            // It was there at first.
            case .noSuchFile: throw FileFailure.noFolder
            default: throw FileFailure(error)
            }
        }
    }
}
