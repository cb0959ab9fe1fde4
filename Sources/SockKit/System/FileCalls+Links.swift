private import CLinux
private import Glibc

/// Paths to files that are written.
///
/// In a sticky folder, as /tmp is one, everybody may put a link, and would have whoever writes through it write to a
/// file of his choice. The kernel sees to that only where fs.protected_symlinks says so, and only at the end of a path.
extension FileCalls {
    /// As many links as the kernel follows on one path.
    private static let mostLinks = 40

    /// Opens what is made where it is not there. On a path with a link in a sticky folder that another user put there
    /// it is ELOOP.
    static func openNew(_ path: ByteString, _ flags: Int32, mode: UInt32 = 0o666) throws(Errno) -> FileDescriptor {
        do throws(Errno) {
            // Most paths have no link at all, and this is one call, in whose middle nobody can put one.
            return try openStraight(path, flags, mode)
        } catch {
            switch error {
            // A link; or a kernel without the call, or a container that does not allow it.
            case .tooManyLinks, .noFunction, .notPermitted: return try openStepwise(path, flags, mode)
            default: throw error
            }
        }
    }

    /// The corresponding call is openat2(2).
    private static func openStraight(
        _ path: ByteString, _ flags: Int32, _ mode: UInt32
    ) throws(Errno) -> FileDescriptor {
        let number = try SystemCall.perform("openat2", on: -1, arguments: "\"\(path)\", RESOLVE_NO_SYMLINKS") {
            unsafe path.withCString {
                unsafe Int(sk_openat2(AT_FDCWD, $0, flags, mode, UInt32(SK_RESOLVE_NO_SYMLINKS)))
            }
        }
        return FileDescriptor(adopting: Int32(number))
    }

    /// Goes from name to name, and looks at each link before it follows it: what was looked at is what is followed,
    /// whatever is put in its place meanwhile.
    private static func openStepwise(
        _ path: ByteString, _ flags: Int32, _ mode: UInt32
    ) throws(Errno) -> FileDescriptor {
        guard let last = path.bytes.last else { throw .noSuchFile }
        if last == slash { throw .isDirectory }
        var folder = try openStart(of: path.bytes)
        // The next one last.
        var names = names(in: path.bytes)
        var links = 0
        while let name = names.popLast() {
            let isLast = names.isEmpty
            var refusal = Errno.tooManyLinks
            if isLast {
                do throws(Errno) { return try open(name, in: folder.rawValue, flags | O_NOFOLLOW, mode) } catch {
                    // Of a stranger's link in a sticky folder some kernels say EACCES, before they see that it is one.
                    guard [.tooManyLinks, .permissionDenied].contains(error), flags & O_NOFOLLOW == 0 else {
                        throw error
                    }
                    refusal = error
                }
            }
            let place = try open(name, in: folder.rawValue, Int32(SK_O_PATH) | O_NOFOLLOW | O_CLOEXEC)
            let found = try status(of: place.rawValue)
            guard found.st_mode & S_IFMT == S_IFLNK else {
                // It is no link, or was one a moment ago: somebody plays with it.
                if isLast { throw refusal }
                folder = place
                continue
            }
            links += 1
            guard links <= mostLinks, try mayFollow(found, in: folder.rawValue) else { throw .tooManyLinks }
            if isOfProcesses(found) {
                // What a process has open need not have a path. Nobody can put a link there but the kernel.
                if isLast { return try open(name, in: folder.rawValue, flags, mode) }
                folder = try open(name, in: folder.rawValue, Int32(SK_O_PATH) | O_CLOEXEC)
                continue
            }
            let target = try target(of: place.rawValue)
            if target.first == slash { folder = try openStart(of: target) }
            if isLast, target.last == slash { throw .isDirectory }
            names += Self.names(in: target)
        }
        throw .isDirectory
    }

    /// Whether an open file is this user's own, and nobody else may read or write it.
    static func isPrivate(_ descriptor: Int32) throws(Errno) -> Bool {
        let found = try status(of: descriptor)
        return found.st_uid == geteuid() && found.st_mode & 0o077 == 0
    }

    /// Whether an open file is this user's own.
    static func isOwn(_ descriptor: Int32) throws(Errno) -> Bool {
        try status(of: descriptor).st_uid == geteuid()
    }

    /// Whether a path leads to what another user owns.
    static func isOfAnother(_ path: ByteString) -> Bool {
        guard let there = lookUp(path.bytes) else { return false }
        return there.st_uid != geteuid()
    }

    /// Whether a link is this user's own, or stands where not everybody may put one.
    private static func mayFollow(_ link: stat, in folder: Int32) throws(Errno) -> Bool {
        if link.st_uid == geteuid() { return true }
        // S_ISVTX: everybody removes from it only what is his.
        return try status(of: folder).st_mode & 0o1000 == 0
    }

    /// Whether it is a link of proc(5), as /dev/stdout leads to one.
    private static func isOfProcesses(_ link: stat) -> Bool {
        (try? identity(ofPath: "/proc/self"))?.device == UInt64(link.st_dev)
    }

    // MARK: - Whether two paths are one file

    /// Which file a path leads to, or would make; nil where that is not to be known, and for a device: any number of
    /// writers share a terminal.
    package static func place(of path: ByteString) -> FilePlace? {
        var path = path.bytes
        for _ in 0...mostLinks {
            if let there = lookUp(path) {
                let isDevice = FileKind(mode: there.st_mode) == .device
                return isDevice ? nil : FilePlace(device: UInt64(there.st_dev), inode: UInt64(there.st_ino))
            }
            // It would be made in its folder, unless a link stands there that leads to nothing yet.
            let cut = path.lastIndex(of: slash).map { $0 + 1 } ?? 0
            let above = Array(path[..<cut])
            guard let target = linkTarget(path) else {
                guard let folder = lookUp(above.isEmpty ? [UInt8(ascii: ".")] : above) else { return nil }
                return FilePlace(
                    device: UInt64(folder.st_dev), inode: UInt64(folder.st_ino), name: Array(path[cut...]))
            }
            path = target.first == slash ? target : above + target
        }
        return nil
    }

    /// Which file a descriptor is; nil for whatever is no plain file, and can be read and written by many.
    package static func place(of descriptor: Int32) -> FilePlace? {
        guard let there = try? status(of: descriptor), FileKind(mode: there.st_mode) == .regular else { return nil }
        return FilePlace(device: UInt64(there.st_dev), inode: UInt64(there.st_ino))
    }

    /// What a path leads to, if anything; neither opened for reading nor for writing.
    private static func lookUp(_ path: [UInt8]) -> stat? {
        guard let place = try? open(ByteString(bytes: path), in: AT_FDCWD, Int32(SK_O_PATH) | O_CLOEXEC) else {
            return nil
        }
        return try? status(of: place.rawValue)
    }

    /// Where a link leads, if there is one.
    private static func linkTarget(_ path: [UInt8]) -> [UInt8]? {
        let flags = Int32(SK_O_PATH) | O_NOFOLLOW | O_CLOEXEC
        guard let link = try? open(ByteString(bytes: path), in: AT_FDCWD, flags) else { return nil }
        return try? target(of: link.rawValue)
    }

    // MARK: - Parts of paths

    private static let slash = UInt8(ascii: "/")

    private static func openStart(of path: [UInt8]) throws(Errno) -> FileDescriptor {
        try open(path.first == slash ? "/" : ".", in: AT_FDCWD, Int32(SK_O_PATH) | O_DIRECTORY | O_CLOEXEC)
    }

    /// The names of a path from its last to its first.
    private static func names(in path: [UInt8]) -> [ByteString] {
        path.split(separator: slash).reversed().map { ByteString(bytes: $0) }
    }

    /// The corresponding call is openat(2).
    private static func open(
        _ name: ByteString, in folder: Int32, _ flags: Int32, _ mode: UInt32 = 0
    ) throws(Errno) -> FileDescriptor {
        let number = try SystemCall.perform("openat", on: folder, arguments: "\(folder), \"\(name)\"") {
            unsafe name.withCString { unsafe Int(sk_openat(folder, $0, flags, mode)) }
        }
        return FileDescriptor(adopting: Int32(number))
    }

    private static func status(of descriptor: Int32) throws(Errno) -> stat {
        var status = stat()
        _ = try SystemCall.perform("fstat", on: descriptor, arguments: "\(descriptor)") {
            unsafe Int(fstat(descriptor, &status))
        }
        return status
    }

    /// What an open link says. The corresponding call is readlinkat(2).
    private static func target(of link: Int32) throws(Errno) -> [UInt8] {
        var room = [UInt8](repeating: 0, count: 4096)
        let count = try SystemCall.perform("readlinkat", on: link, arguments: "\(link), \"\"") {
            unsafe room.withUnsafeMutableBytes { bytes in
                unsafe readlinkat(link, "", bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
            }
        }
        return Array(room.prefix(count))
    }
}
