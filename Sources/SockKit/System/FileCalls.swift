private import CLinux
private import Glibc

/// What kind of thing a descriptor is open on.
package enum FileKind: Sendable {
    case regular, pipe, socket, terminal, directory, symbolicLink, device

    /// As `st_mode` of stat(2) says; a terminal is a device that only its descriptor tells from others.
    init(mode: UInt32, isTerminal: Bool = false) {
        self =
            switch mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFIFO: .pipe
            case S_IFSOCK: .socket
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            default: isTerminal ? .terminal : .device
            }
    }
}

/// The identity of a file on its device, to tell whether two names are one file.
package struct FileIdentity: Sendable, Hashable {
    package let device: UInt64
    package let inode: UInt64
    package let kind: FileKind
    package let size: Int64
}

/// Calls on files, pipes and terminals, each wrapped once.
package enum FileCalls {
    package enum Access: Sendable {
        case read, write, readWrite, append
        /// As `write`, but what the file holds stays until something is written over it.
        case overwrite
        /// As `write`, but a file that is there already is EEXIST.
        case new
    }

    /// Opens close-on-exec; writing creates and, unless it appends, truncates. What may be created is not reached by links
    /// that others have put into a sticky folder (`openNew`). The corresponding call is open(2).
    package static func open(
        _ path: ByteString, for access: Access, nonBlocking: Bool = false, creating: Bool = true
    ) throws(Errno) -> FileDescriptor {
        var flags = O_CLOEXEC | O_NOCTTY | (nonBlocking ? O_NONBLOCK : 0)
        switch access {
        case .read: flags |= O_RDONLY
        case .write: flags |= O_WRONLY | (creating ? O_CREAT | O_TRUNC : 0)
        case .readWrite: flags |= O_RDWR
        case .overwrite: flags |= O_WRONLY | (creating ? O_CREAT : 0)
        case .new: flags |= O_WRONLY | O_CREAT | O_EXCL
        case .append: flags |= O_WRONLY | O_APPEND | (creating ? O_CREAT : 0)
        }
        if flags & O_CREAT != 0 { return try openNew(path, flags) }
        let number = try SystemCall.perform("open", on: -1, arguments: "\"\(path)\"") {
            unsafe path.withCString { unsafe Int(Glibc.open($0, flags)) }
        }
        return FileDescriptor(adopting: Int32(number))
    }

    /// Opens what somebody has named to be written. A pipe that nobody reads is ENXIO: it would keep us waiting otherwise.
    package static func openOutput(_ path: ByteString, for access: Access = .write) throws(Errno) -> FileDescriptor {
        try open(path, for: access, nonBlocking: true)
    }

    /// Opens a file to append secrets to: one that is made is nobody else's to read, and no symbolic link is followed. A
    /// file or a pipe of another user is EPERM, and a pipe that nobody reads ENXIO; no call on it waits.
    package static func openPrivate(_ path: ByteString) throws(Errno) -> FileDescriptor {
        let flags = O_CLOEXEC | O_NOCTTY | O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK
        let file = try openNew(path, flags, mode: 0o600)
        let kind = try identity(of: file.rawValue).kind
        // Whoever owns it may read it, whatever its mode. A device is the system's, and stays as it is.
        let mayBeRead = kind == .regular || kind == .pipe
        if mayBeRead || kind == .terminal, try !isOwn(file.rawValue) { throw .notPermitted }
        // One that was there may be open to others.
        if mayBeRead { try setMode(0o600, of: file.rawValue) }
        return file
    }

    /// Puts a file that is nobody else's to read in the place of another, or of none; whoever reads it sees all of it.
    package static func replacePrivate(_ path: ByteString, with bytes: [UInt8]) throws(Errno) {
        let made = ByteString(bytes: path.bytes + Array(".\(ProcessCalls.identifier).new".utf8))
        let flags = O_CLOEXEC | O_NOCTTY | O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
        let file = try openNew(made, flags, mode: 0o600)
        do throws(Errno) {
            try writeBlocking(file.rawValue, bytes.span)
            try file.close()
            _ = try SystemCall.perform("rename", on: -1, arguments: "\"\(made)\", \"\(path)\"") {
                unsafe made.withCString { old in unsafe path.withCString { new in unsafe Int(Glibc.rename(old, new)) } }
            }
        } catch {
            try? remove(made)
            throw error
        }
    }

    /// A pipe of our own, non-blocking and close-on-exec, as (read end, write end) numbers to adopt at once.
    package static func pipe() throws(Errno) -> (reader: Int32, writer: Int32) {
        var ends: (Int32, Int32) = (-1, -1)
        _ = try SystemCall.perform("pipe2", on: -1, arguments: "[\(ends.0), \(ends.1)], O_NONBLOCK|O_CLOEXEC") {
            unsafe withUnsafeMutablePointer(to: &ends) {
                unsafe $0.withMemoryRebound(to: Int32.self, capacity: 2) {
                    unsafe Int(pipe2($0, O_NONBLOCK | O_CLOEXEC))
                }
            }
        }
        return (reader: ends.0, writer: ends.1)
    }

    /// Asks for a pipe that holds `size` bytes, and returns what it holds now.
    package static func resizePipe(_ descriptor: Int32, to size: Int32) throws(Errno) -> Int {
        try SystemCall.perform("fcntl", on: descriptor, arguments: "\(descriptor), F_SETPIPE_SZ, \(size)") {
            Int(fcntl(descriptor, Int32(SK_F_SETPIPE_SZ), size))
        }
    }

    /// Puts /dev/null in the place of a descriptor, so that its file is let go and its number not given to another.
    package static func leadNowhere(_ descriptor: Int32) throws(Errno) {
        let nowhere = try open("/dev/null", for: .readWrite)
        _ = try SystemCall.perform("dup2", on: descriptor, arguments: "\(nowhere.rawValue), \(descriptor)") {
            Int(dup2(nowhere.rawValue, descriptor))
        }
    }

    /// Where the next read of a file begins.
    package static func position(of descriptor: Int32) throws(Errno) -> Int {
        try SystemCall.perform("lseek", on: descriptor, arguments: "\(descriptor), 0, SEEK_CUR") {
            Int(lseek(descriptor, 0, SEEK_CUR))
        }
    }

    /// Lets the next read of a file begin there.
    package static func seek(_ descriptor: Int32, to place: Int) throws(Errno) {
        _ = try SystemCall.perform("lseek", on: descriptor, arguments: "\(descriptor), \(place), SEEK_SET") {
            Int(lseek(descriptor, place, SEEK_SET))
        }
    }

    /// Cuts a file to so many bytes, or to nothing.
    package static func truncate(_ descriptor: Int32, to size: Int = 0) throws(Errno) {
        _ = try SystemCall.perform("ftruncate", on: descriptor, arguments: "\(descriptor), \(size)") {
            Int(ftruncate(descriptor, size))
        }
    }

    package static func duplicate(_ descriptor: Int32) throws(Errno) -> FileDescriptor {
        let number = try SystemCall.perform("fcntl", on: descriptor, arguments: "\(descriptor), F_DUPFD_CLOEXEC, 3") {
            Int(fcntl(descriptor, F_DUPFD_CLOEXEC, 3))
        }
        return FileDescriptor(adopting: Int32(number))
    }

    /// Whether a descriptor number is open at all.
    package static func isOpen(_ descriptor: Int32) -> Bool {
        fcntl(descriptor, F_GETFD) >= 0
    }

    package static func isNonBlocking(_ descriptor: Int32) throws(Errno) -> Bool {
        let flags = try SystemCall.perform("fcntl", on: descriptor, arguments: "\(descriptor), F_GETFL") {
            Int(fcntl(descriptor, F_GETFL))
        }
        return flags & Int(O_NONBLOCK) != 0
    }

    /// Makes calls on an open file wait or not. The flag is the file's: whoever shares it has it too.
    package static func setNonBlocking(_ isNonBlocking: Bool, _ descriptor: Int32) throws(Errno) {
        let flags = fcntl(descriptor, F_GETFL)
        let wanted = isNonBlocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK
        _ = try SystemCall.perform(
            "fcntl", on: descriptor, arguments: "\(descriptor), F_SETFL, \(isNonBlocking ? "O_NONBLOCK" : "0")"
        ) {
            flags < 0 ? -1 : Int(fcntl(descriptor, F_SETFL, wanted))
        }
    }

    /// Keeps a descriptor from programs that are started.
    package static func closeOnExec(_ descriptor: Int32) throws(Errno) {
        _ = try SystemCall.perform("fcntl", on: descriptor, arguments: "\(descriptor), F_SETFD, FD_CLOEXEC") {
            Int(fcntl(descriptor, F_SETFD, FD_CLOEXEC))
        }
    }

    /// One read that may block its thread; empty at the end.
    package static func readBlocking(_ descriptor: Int32, upTo count: Int) throws(Errno) -> [UInt8] {
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
        defer { unsafe room.deallocate() }
        guard case .done(let got) = try unsafe TransferCalls.read(descriptor, into: room) else { throw .wouldBlock }
        return unsafe Array(room[..<got])
    }

    /// Reads at a place of the file that has nothing to do with its position; 0 is the end. The corresponding call is
    /// pread(2).
    package static func read(
        _ descriptor: Int32, at offset: Int, upTo count: Int, into bytes: inout [UInt8]
    ) throws(Errno) -> Int {
        let room = min(count, bytes.count)
        return try SystemCall.perform(
            "pread64", on: descriptor, arguments: "\(descriptor), \(room) bytes, \(offset)"
        ) {
            unsafe bytes.withUnsafeMutableBytes {
                unsafe pread(descriptor, $0.baseAddress, SystemCall.room("pread64", room), off_t(offset))
            }
        }
    }

    /// A file that is only in memory, and gone with its descriptor. The corresponding call is memfd_create(2).
    package static func openMemory(_ name: String) throws(Errno) -> FileDescriptor {
        let number = try SystemCall.perform("memfd_create", on: -1, arguments: "\"\(name)\", MFD_CLOEXEC") {
            unsafe Int(CLinux.memfd_create(name, UInt32(SK_MFD_CLOEXEC)))
        }
        return FileDescriptor(adopting: Int32(number))
    }

    /// Writes all the bytes, blocking the thread as long as it takes.
    package static func writeBlocking(_ descriptor: Int32, _ bytes: Span<UInt8>) throws(Errno) {
        var gone = 0
        try writeBlocking(descriptor, bytes, progress: &gone)
    }

    /// As the other; `gone` is how many bytes went, whether this returns or throws.
    static func writeBlocking(_ descriptor: Int32, _ bytes: Span<UInt8>, progress gone: inout Int) throws(Errno) {
        while gone < bytes.count {
            let outcome = unsafe try bytes.withUnsafeBytes { all throws(Errno) in
                try unsafe TransferCalls.write(descriptor, UnsafeRawBufferPointer(rebasing: all[gone...]))
            }
            guard case .done(let more) = outcome else { throw .wouldBlock }
            // A driver that takes nothing would be asked for ever.
            guard more > 0 else { throw .inputOutput }
            gone += more
        }
    }

    package static func identity(of descriptor: Int32) throws(Errno) -> FileIdentity {
        var status = stat()
        _ = try SystemCall.perform("fstat", on: descriptor, arguments: "\(descriptor)") {
            unsafe Int(fstat(descriptor, &status))
        }
        return FileIdentity(status, isTerminal: isatty(descriptor) == 1)
    }

    /// The file that a path names, following no symbolic link at its end. The corresponding call is lstat(2).
    package static func identity(ofPath path: ByteString) throws(Errno) -> FileIdentity {
        var status = stat()
        _ = try SystemCall.perform("lstat", on: -1, arguments: "\"\(path)\"") {
            unsafe path.withCString { unsafe Int(lstat($0, &status)) }
        }
        return FileIdentity(status, isTerminal: false)
    }

    package static func remove(_ path: ByteString) throws(Errno) {
        _ = try SystemCall.perform("unlink", on: -1, arguments: "\"\(path)\"") {
            unsafe path.withCString { unsafe Int(unlink($0)) }
        }
    }

    /// Sets the permissions of a socket's file, and of nothing else that may have taken its place: what is no socket of
    /// this user's is ENOTSOCK, and a symbolic link is not followed.
    package static func setMode(_ mode: UInt32, ofSocketAt path: ByteString) throws(Errno) {
        let number = try SystemCall.perform("open", on: -1, arguments: "\"\(path)\", O_PATH|O_NOFOLLOW|O_CLOEXEC") {
            unsafe path.withCString { unsafe Int(Glibc.open($0, Int32(SK_O_PATH) | O_NOFOLLOW | O_CLOEXEC)) }
        }
        let file = FileDescriptor(adopting: Int32(number))
        var status = stat()
        _ = try SystemCall.perform("fstat", on: file.rawValue, arguments: "\(file.rawValue)") {
            unsafe Int(fstat(file.rawValue, &status))
        }
        guard status.st_mode & S_IFMT == S_IFSOCK, status.st_uid == geteuid() else { throw Errno(rawValue: ENOTSOCK) }
        guard status.st_mode & 0o7777 != mode else { return }
        // fchmod(2) takes no descriptor that was opened with O_PATH; its name under /proc does as well.
        let name = "/proc/self/fd/\(file.rawValue)"
        _ = try SystemCall.perform("chmod", on: -1, arguments: "\"\(name)\", 0\(String(mode, radix: 8))") {
            unsafe Int(chmod(name, mode_t(mode)))
        }
    }

    /// Takes the lock of an open file, or says that somebody else has it. The corresponding call is flock(2).
    package static func lock(_ descriptor: Int32) throws(Errno) -> Attempt<Int> {
        try SystemCall.attempt("flock", on: descriptor, arguments: "\(descriptor), LOCK_EX|LOCK_NB") {
            Int(flock(descriptor, LOCK_EX | LOCK_NB))
        }
    }

    package static func setMode(_ mode: UInt32, of descriptor: Int32) throws(Errno) {
        _ = try SystemCall.perform(
            "fchmod", on: descriptor, arguments: "\(descriptor), 0\(String(mode, radix: 8))"
        ) {
            Int(fchmod(descriptor, mode_t(mode)))
        }
    }

    package static func isTerminal(_ descriptor: Int32) -> Bool {
        isatty(descriptor) == 1
    }

    /// The terminal's width in columns; nil where there is none.
    package static func columns(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Bytes that wait in the receive queue (SIOCINQ) or the send queue (SIOCOUTQ), or are not sent yet.
    package static func queued(_ descriptor: Int32, _ queue: SocketQueue) throws(Errno) -> Int {
        var count: Int32 = 0
        _ = try SystemCall.perform("ioctl", on: descriptor, arguments: "\(descriptor), \(queue.constantName)") {
            unsafe Int(ioctl(descriptor, queue.request, &count))
        }
        return Int(count)
    }

    /// The whole of a small file, such as one under /proc.
    package static func contents(of path: String) throws(Errno) -> String { try contents(of: ByteString(path)) }

    /// As `contents`, of a path that need not be text; more than `most` bytes are too many (EFBIG).
    package static func contents(of path: ByteString, atMost most: Int = .max) throws(Errno) -> String {
        String(decoding: try bytes(of: path, atMost: most), as: UTF8.self)
    }

    /// As `contents`, of what need not be text either.
    package static func bytes(of path: ByteString, atMost most: Int) throws(Errno) -> [UInt8] {
        let file = try open(path, for: .read)
        var bytes: [UInt8] = []
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
        defer { unsafe room.deallocate() }
        while case .done(let count) = try unsafe TransferCalls.read(file.rawValue, into: room), count > 0 {
            guard bytes.count + count <= most else { throw .fileTooLarge }
            unsafe bytes.append(contentsOf: room[..<count])
        }
        return bytes
    }

    /// The first line of a file, without its end; more than `most` bytes of it are too many (EFBIG). What stands behind it
    /// is not waited for.
    package static func firstLine(of path: ByteString, atMost most: Int) throws(Errno) -> [UInt8] {
        let file = try open(path, for: .read)
        var line: [UInt8] = []
        while case let more = try readBlocking(file.rawValue, upTo: 4096), !more.isEmpty {
            let part = more.prefix { $0 != UInt8(ascii: "\n") }
            guard line.count + part.count <= most else { throw .fileTooLarge }
            line += part
            if part.count < more.count { break }
        }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return line
    }
}

/// A queue of a socket that the kernel can measure.
package enum SocketQueue: Sendable {
    case received, unacknowledged, unsent

    var request: UInt {
        switch self {
        case .received: 0x541B  // SIOCINQ, which is FIONREAD
        case .unacknowledged: 0x5411  // SIOCOUTQ, which is TIOCOUTQ
        case .unsent: 0x894B  // SIOCOUTQNSD
        }
    }

    var constantName: String {
        switch self {
        case .received: "SIOCINQ"
        case .unacknowledged: "SIOCOUTQ"
        case .unsent: "SIOCOUTQNSD"
        }
    }
}

extension FileIdentity {
    fileprivate init(_ status: stat, isTerminal: Bool) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        kind = FileKind(mode: status.st_mode, isTerminal: isTerminal)
    }
}

extension ByteString {
    /// Lends the bytes as C takes them, with a zero byte at the end.
    func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        unsafe (bytes + [0]).withUnsafeBufferPointer { room in
            unsafe room.withMemoryRebound(to: CChar.self) { unsafe body($0.baseAddress!) }
        }
    }
}
