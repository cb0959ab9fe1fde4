private import Glibc

/// An error number of the kernel, with its name and a sentence fragment of our own.
///
/// The texts are fixed here because the C library's change with its version and the locale, and because scripts
/// compare `name`.
public struct Errno: Error, RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// The symbol in `<errno.h>`, such as `ECONNREFUSED`.
    public var name: String {
        Self.entry(of: rawValue)?.name ?? "E\(rawValue)"
    }

    /// What went wrong, in lower case and without a full stop, as Go prints it.
    public var description: String {
        Self.entry(of: rawValue)?.text ?? "error number \(rawValue)"
    }

    private static func entry(of number: Int32) -> Entry? {
        table.first { $0.number == number }
    }

    private struct Entry: Sendable {
        let number: Int32
        let name: String
        let text: String
    }

    private static let table: [Entry] = rows.map { Entry(number: $0.0, name: $0.1, text: $0.2) }

    private static let rows: [(Int32, String, String)] = [
        (EPERM, "EPERM", "operation not permitted"),
        (ENOENT, "ENOENT", "no such file or directory"),
        (ESRCH, "ESRCH", "no such process"),
        (E2BIG, "E2BIG", "argument list too long"),
        (ENOEXEC, "ENOEXEC", "exec format error"),
        (ECHILD, "ECHILD", "no child processes"),
        (ETXTBSY, "ETXTBSY", "text file busy"),
        (EINTR, "EINTR", "interrupted system call"),
        (EIO, "EIO", "input/output error"),
        (ENXIO, "ENXIO", "no such device or address"),
        (EBADF, "EBADF", "bad file descriptor"),
        (EAGAIN, "EAGAIN", "resource temporarily unavailable"),
        (ENOMEM, "ENOMEM", "cannot allocate memory"),
        (EACCES, "EACCES", "permission denied"),
        (EFAULT, "EFAULT", "bad address"),
        (EBUSY, "EBUSY", "device or resource busy"),
        (EEXIST, "EEXIST", "file exists"),
        (EXDEV, "EXDEV", "invalid cross-device link"),
        (ENODEV, "ENODEV", "no such device"),
        (ENOTDIR, "ENOTDIR", "not a directory"),
        (EISDIR, "EISDIR", "is a directory"),
        (EINVAL, "EINVAL", "invalid argument"),
        (ENFILE, "ENFILE", "too many open files in system"),
        (EMFILE, "EMFILE", "too many open files"),
        (ENOTTY, "ENOTTY", "inappropriate ioctl for device"),
        (EFBIG, "EFBIG", "file too large"),
        (ENOSPC, "ENOSPC", "no space left on device"),
        (ESPIPE, "ESPIPE", "illegal seek"),
        (EROFS, "EROFS", "read-only file system"),
        (EMLINK, "EMLINK", "too many links"),
        (EPIPE, "EPIPE", "broken pipe"),
        (EDOM, "EDOM", "numerical argument out of domain"),
        (ERANGE, "ERANGE", "numerical result out of range"),
        (EDEADLK, "EDEADLK", "resource deadlock avoided"),
        (ENAMETOOLONG, "ENAMETOOLONG", "file name too long"),
        (ENOLCK, "ENOLCK", "no locks available"),
        (ENOSYS, "ENOSYS", "function not implemented"),
        (ENOTEMPTY, "ENOTEMPTY", "directory not empty"),
        (ELOOP, "ELOOP", "too many levels of symbolic links"),
        (ENODATA, "ENODATA", "no data available"),
        (ETIME, "ETIME", "timer expired"),
        (ENONET, "ENONET", "machine is not on the network"),
        (ENOLINK, "ENOLINK", "link has been severed"),
        (EPROTO, "EPROTO", "protocol error"),
        (EBADMSG, "EBADMSG", "bad message"),
        (EOVERFLOW, "EOVERFLOW", "value too large for its type"),
        (EBADFD, "EBADFD", "file descriptor in bad state"),
        (ENOTSOCK, "ENOTSOCK", "socket operation on non-socket"),
        (EDESTADDRREQ, "EDESTADDRREQ", "destination address required"),
        (EMSGSIZE, "EMSGSIZE", "message too long"),
        (EPROTOTYPE, "EPROTOTYPE", "protocol wrong type for socket"),
        (ENOPROTOOPT, "ENOPROTOOPT", "protocol not available"),
        (EPROTONOSUPPORT, "EPROTONOSUPPORT", "protocol not supported"),
        (ESOCKTNOSUPPORT, "ESOCKTNOSUPPORT", "socket type not supported"),
        (EOPNOTSUPP, "EOPNOTSUPP", "operation not supported"),
        (EPFNOSUPPORT, "EPFNOSUPPORT", "protocol family not supported"),
        (EAFNOSUPPORT, "EAFNOSUPPORT", "address family not supported by protocol"),
        (EADDRINUSE, "EADDRINUSE", "address already in use"),
        (EADDRNOTAVAIL, "EADDRNOTAVAIL", "cannot assign requested address"),
        (ENETDOWN, "ENETDOWN", "network is down"),
        (ENETUNREACH, "ENETUNREACH", "network is unreachable"),
        (ENETRESET, "ENETRESET", "network dropped connection on reset"),
        (ECONNABORTED, "ECONNABORTED", "software caused connection abort"),
        (ECONNRESET, "ECONNRESET", "connection reset by peer"),
        (ENOBUFS, "ENOBUFS", "no buffer space available"),
        (EISCONN, "EISCONN", "socket is already connected"),
        (ENOTCONN, "ENOTCONN", "socket is not connected"),
        (ESHUTDOWN, "ESHUTDOWN", "cannot send after socket shutdown"),
        (ETOOMANYREFS, "ETOOMANYREFS", "too many references"),
        (ETIMEDOUT, "ETIMEDOUT", "connection timed out"),
        (ECONNREFUSED, "ECONNREFUSED", "connection refused"),
        (EHOSTDOWN, "EHOSTDOWN", "host is down"),
        (EHOSTUNREACH, "EHOSTUNREACH", "no route to host"),
        (EALREADY, "EALREADY", "operation already in progress"),
        (EINPROGRESS, "EINPROGRESS", "operation now in progress"),
        (ESTALE, "ESTALE", "stale file handle"),
        (EUCLEAN, "EUCLEAN", "structure needs cleaning"),
        (ENOMEDIUM, "ENOMEDIUM", "no medium found"),
        (EREMOTEIO, "EREMOTEIO", "remote input/output error"),
        (EDQUOT, "EDQUOT", "disk quota exceeded"),
        (ECANCELED, "ECANCELED", "operation canceled"),
        (ENOKEY, "ENOKEY", "required key not available"),
        (EKEYEXPIRED, "EKEYEXPIRED", "key has expired"),
        (EKEYREVOKED, "EKEYREVOKED", "key has been revoked"),
        (EKEYREJECTED, "EKEYREJECTED", "key was rejected by service"),
    ]
}

extension Errno {
    public static let notPermitted = Errno(rawValue: EPERM)
    public static let noSuchFile = Errno(rawValue: ENOENT)
    public static let noProgramFormat = Errno(rawValue: ENOEXEC)
    public static let interrupted = Errno(rawValue: EINTR)
    public static let inputOutput = Errno(rawValue: EIO)
    public static let noSuchDevice = Errno(rawValue: ENXIO)
    public static let badFileDescriptor = Errno(rawValue: EBADF)
    public static let wouldBlock = Errno(rawValue: EAGAIN)
    public static let noMemory = Errno(rawValue: ENOMEM)
    public static let permissionDenied = Errno(rawValue: EACCES)
    public static let busy = Errno(rawValue: EBUSY)
    /// ETXTBSY, as open(2) has it for the file of a program that is running.
    public static let textFileBusy = Errno(rawValue: ETXTBSY)
    public static let fileExists = Errno(rawValue: EEXIST)
    /// ENODEV, as sockets have it for a network interface that is not there.
    public static let noSuchInterface = Errno(rawValue: ENODEV)
    /// EXDEV, as openat2(2) has it for a path that leads out of the folder it was to stay in.
    public static let leadsOut = Errno(rawValue: EXDEV)
    public static let notDirectory = Errno(rawValue: ENOTDIR)
    public static let isDirectory = Errno(rawValue: EISDIR)
    public static let invalidArgument = Errno(rawValue: EINVAL)
    public static let tooManyOpenFilesInSystem = Errno(rawValue: ENFILE)
    public static let tooManyOpenFiles = Errno(rawValue: EMFILE)
    public static let fileTooLarge = Errno(rawValue: EFBIG)
    public static let quotaExceeded = Errno(rawValue: EDQUOT)
    public static let readOnlyFileSystem = Errno(rawValue: EROFS)
    public static let nameTooLong = Errno(rawValue: ENAMETOOLONG)
    public static let tooManyLinks = Errno(rawValue: ELOOP)
    public static let noSpace = Errno(rawValue: ENOSPC)
    public static let illegalSeek = Errno(rawValue: ESPIPE)
    public static let brokenPipe = Errno(rawValue: EPIPE)
    public static let noFunction = Errno(rawValue: ENOSYS)
    public static let destinationRequired = Errno(rawValue: EDESTADDRREQ)
    public static let messageTooLong = Errno(rawValue: EMSGSIZE)
    public static let wrongProtocolType = Errno(rawValue: EPROTOTYPE)
    public static let noSuchProtocolOption = Errno(rawValue: ENOPROTOOPT)
    public static let protocolNotSupported = Errno(rawValue: EPROTONOSUPPORT)
    public static let familyNotSupported = Errno(rawValue: EAFNOSUPPORT)
    public static let notSupported = Errno(rawValue: EOPNOTSUPP)
    public static let addressInUse = Errno(rawValue: EADDRINUSE)
    public static let addressNotAvailable = Errno(rawValue: EADDRNOTAVAIL)
    public static let networkDown = Errno(rawValue: ENETDOWN)
    public static let networkUnreachable = Errno(rawValue: ENETUNREACH)
    public static let connectionAborted = Errno(rawValue: ECONNABORTED)
    public static let connectionReset = Errno(rawValue: ECONNRESET)
    public static let noBufferSpace = Errno(rawValue: ENOBUFS)
    public static let notConnected = Errno(rawValue: ENOTCONN)
    public static let timedOut = Errno(rawValue: ETIMEDOUT)
    public static let connectionRefused = Errno(rawValue: ECONNREFUSED)
    public static let hostDown = Errno(rawValue: EHOSTDOWN)
    public static let hostUnreachable = Errno(rawValue: EHOSTUNREACH)
    public static let inProgress = Errno(rawValue: EINPROGRESS)
    public static let alreadyInProgress = Errno(rawValue: EALREADY)
    public static let isConnected = Errno(rawValue: EISCONN)
}
