private import CLinux
private import Glibc

/// Calls on the files of a folder, by their path from it.
///
/// What opens a file leaves it to the kernel to see that the path does not lead out of the folder, by a symbolic link, by
/// `..` or by a name that is exchanged meanwhile (RESOLVE_BENEATH of openat2(2)).
package enum FolderCalls {
    /// What a file beneath a folder is opened for.
    package enum Purpose: Sendable {
        /// The bytes of a regular file. A pipe without a writer makes nobody wait.
        case reading
        /// To be changed: whoever may not do that is told so. Nothing of it is changed by that alone.
        case writing
        /// Nothing but its status, or to be the folder of other paths.
        case place
        /// The names in a folder.
        case listing
        /// A file that is not there yet.
        case creating
        /// A file that has no name until `link` gives it one, in the folder that the path names.
        case unnamed

        fileprivate var flags: (Int32, String) {
            switch self {
            case .reading: (O_RDONLY | O_NONBLOCK | O_NOCTTY, "O_RDONLY|O_NONBLOCK|O_NOCTTY")
            case .writing: (O_WRONLY | O_NONBLOCK | O_NOCTTY, "O_WRONLY|O_NONBLOCK|O_NOCTTY")
            case .place: (Int32(SK_O_PATH), "O_PATH")
            case .listing: (O_RDONLY | O_DIRECTORY, "O_RDONLY|O_DIRECTORY")
            case .creating: (O_WRONLY | O_CREAT | O_EXCL, "O_WRONLY|O_CREAT|O_EXCL")
            case .unnamed: (O_WRONLY | O_DIRECTORY | Int32(SK_O_TMPFILE), "O_WRONLY|O_TMPFILE")
            }
        }

        fileprivate var mode: UInt32 {
            switch self {
            case .reading, .writing, .place, .listing: 0
            case .creating, .unnamed: 0o666
            }
        }
    }

    /// Opens a folder by a path from wherever the process is, to be the folder of other paths. The corresponding call is open(2).
    package static func open(_ path: KernelPath) throws(Errno) -> FileDescriptor {
        let number = try SystemCall.perform("open", on: -1, arguments: "\"\(path)\", O_PATH|O_DIRECTORY") {
            unsafe path.withPointer { unsafe Int(Glibc.open($0, Int32(SK_O_PATH) | O_DIRECTORY | O_CLOEXEC)) }
        }
        return FileDescriptor(adopting: Int32(number))
    }

    /// Opens a file beneath a folder. A path that leads out of it is EXDEV. The corresponding call is openat2(2).
    package static func open(
        _ path: KernelPath, beneath folder: Int32, for purpose: Purpose
    ) throws(Errno) -> FileDescriptor {
        let (flags, names) = purpose.flags
        let resolve = UInt32(SK_RESOLVE_BENEATH | SK_RESOLVE_NO_MAGICLINKS)
        var attempts = 0
        while true {
            do throws(Errno) {
                let number = try SystemCall.perform(
                    "openat2", on: folder, arguments: "\(folder), \"\(path)\", \(names), RESOLVE_BENEATH"
                ) {
                    unsafe path.withPointer {
                        unsafe Int(sk_openat2(folder, $0, flags | O_CLOEXEC, purpose.mode, resolve))
                    }
                }
                return FileDescriptor(adopting: Int32(number))
            } catch {
                // Somebody renamed a folder while the kernel followed a `..` in a link: it asks to be asked again.
                attempts += 1
                guard error == .wouldBlock, attempts < 16 else { throw error }
            }
        }
    }

    /// What a path from a folder leads to, wherever that is. The corresponding call is fstatat(2).
    package static func status(
        of path: KernelPath, in folder: Int32, followingLinks: Bool = true
    ) throws(Errno) -> FileStatus {
        var status = stat()
        let flags = followingLinks ? 0 : Int32(SK_AT_SYMLINK_NOFOLLOW)
        let names = followingLinks ? "0" : "AT_SYMLINK_NOFOLLOW"
        _ = try SystemCall.perform("newfstatat", on: folder, arguments: "\(folder), \"\(path)\", \(names)") {
            unsafe path.withPointer { unsafe Int(fstatat(folder, $0, &status, flags)) }
        }
        return FileStatus(status)
    }

    /// The corresponding call is fstat(2).
    package static func status(of descriptor: Int32) throws(Errno) -> FileStatus {
        var status = stat()
        _ = try SystemCall.perform("fstat", on: descriptor, arguments: "\(descriptor)") {
            unsafe Int(fstat(descriptor, &status))
        }
        return FileStatus(status)
    }

    /// Some more names of an open folder, `.` and `..` left out; none at the end. The corresponding call is getdents64(2).
    package static func nextNames(in folder: Int32) throws(Errno) -> [[UInt8]]? {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 32 << 10, alignment: 16)
        defer { unsafe room.deallocate() }
        let count = try SystemCall.perform("getdents64", on: folder, arguments: "\(folder), \(room.count) bytes") {
            unsafe getdents64(folder, room.baseAddress, UInt(room.count))
        }
        guard count > 0 else { return nil }
        var names: [[UInt8]] = []
        var entry = 0
        // An entry is its inode (8 bytes), a place (8), its own length (2), a type (1) and the name with a zero byte.
        while entry < count {
            let length = unsafe Int(room.loadUnaligned(fromByteOffset: entry + 16, as: UInt16.self))
            let name = unsafe Array(room[(entry + 19)..<(entry + length)].prefix { $0 != 0 })
            if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
            entry += length
        }
        return names
    }

    /// Gives a file that was opened without a name this one. A name that is taken is EEXIST. The corresponding call is
    /// linkat(2).
    package static func link(_ descriptor: Int32, as name: KernelPath, in folder: Int32) throws(Errno) {
        let source = KernelPath("/proc/self/fd/\(descriptor)".utf8)
        _ = try SystemCall.perform(
            "linkat", on: folder, arguments: "AT_FDCWD, \"\(source)\", \(folder), \"\(name)\", AT_SYMLINK_FOLLOW"
        ) {
            unsafe source.withPointer { old in
                unsafe name.withPointer { new in
                    unsafe Int(linkat(AT_FDCWD, old, folder, new, Int32(SK_AT_SYMLINK_FOLLOW)))
                }
            }
        }
    }

    /// Renames a file of a folder. Without `replacing`, a name that is taken is EEXIST. The corresponding call is
    /// renameat2(2).
    package static func rename(
        _ name: KernelPath, to newName: KernelPath, in folder: Int32, replacing: Bool
    ) throws(Errno) {
        let flags = replacing ? 0 : UInt32(SK_RENAME_NOREPLACE)
        _ = try SystemCall.perform(
            "renameat2", on: folder,
            arguments: "\(folder), \"\(name)\", \(folder), \"\(newName)\", \(replacing ? "0" : "RENAME_NOREPLACE")"
        ) {
            unsafe name.withPointer { old in
                unsafe newName.withPointer { new in unsafe Int(renameat2(folder, old, folder, new, flags)) }
            }
        }
    }

    /// Removes a name that is no folder's. The corresponding call is unlinkat(2).
    package static func remove(_ name: KernelPath, in folder: Int32) throws(Errno) {
        _ = try SystemCall.perform("unlinkat", on: folder, arguments: "\(folder), \"\(name)\", 0") {
            unsafe name.withPointer { unsafe Int(unlinkat(folder, $0, 0)) }
        }
    }
}

extension FileStatus {
    fileprivate init(_ status: stat) {
        self.init(
            kind: FileKind(mode: status.st_mode), permissions: status.st_mode & 0o777, device: UInt64(status.st_dev),
            inode: UInt64(status.st_ino), size: Int(status.st_size),
            modified: Timestamp(status.st_mtim), changed: Timestamp(status.st_ctim))
    }
}

extension Timestamp {
    fileprivate init(_ time: timespec) {
        self.init(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }
}
