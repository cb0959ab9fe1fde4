/// A folder whose files are served. It is opened once: what becomes of its name later does not matter.
///
/// A file of it is opened by the kernel's own rule that the path may not lead out of the folder, whatever stands in it and
/// whoever exchanges names meanwhile. Symbolic links are followed as long as they stay beneath; one that begins with a
/// slash does not, wherever it leads.
///
/// Its calls may block for as long as a disk needs to find a name. They are made on the loop all the same, as nginx makes
/// them: names and small files that are asked for are in memory, where a call takes a microsecond, and handing it to a
/// thread takes twenty.
public final class FileRoot: Sendable {
    private let folder: FileDescriptor
    /// What it is called in errors.
    private let name: String

    /// Opens the folder, or says why that cannot be.
    public init(_ path: ByteString) throws(NetworkError) {
        name = "\(path)"
        do throws(Errno) {
            folder = try FolderCalls.open(KernelPath(path.bytes))
            // Linux before 5.6 has no openat2(2), and some sandboxes forbid it: better to know now.
            _ = try FolderCalls.open(KernelPath("."), beneath: folder.rawValue, for: .place)
        } catch {
            throw NetworkError(
                .read, .file("\(path)"), cause: .system(error, call: error == .noFunction ? "openat2" : "read"))
        }
    }

    /// Fails if there is no file at the path that can be served.
    public func requireFile(_ path: FilePath) throws(NetworkError) {
        let file = NetworkError.GivenStream.file((name.hasSuffix("/") ? String(name.dropLast()) : name) + "\(path)")
        let cause: NetworkError.Cause
        do throws(Errno) {
            let place = KernelPath(path.relative)
            switch try FolderCalls.status(of: place, in: folder.rawValue).kind {
            case .regular:
                _ = try FolderCalls.open(place, beneath: folder.rawValue, for: .reading)
                return
            case .directory: cause = .system(.isDirectory, call: "read")
            case .pipe, .socket, .terminal, .symbolicLink, .device: cause = .invalid("it is no regular file")
            }
        } catch {
            let leadsOut = "a symbolic link leads out of the folder \(name)"
            cause = error == .leadsOut ? .invalid(leadsOut) : .system(error, call: "read")
        }
        throw NetworkError(.read, file, cause: cause)
    }

    /// A file that was opened, and what it is.
    struct OpenFile: ~Copyable {
        let descriptor: FileDescriptor
        let status: FileStatus
    }

    /// What a path leads to, which may be outside: only good for not opening what should not be opened.
    func status(of path: KernelPath, followingLinks: Bool = true) throws(FileFailure) -> FileStatus {
        do throws(Errno) {
            return try FolderCalls.status(of: path, in: folder.rawValue, followingLinks: followingLinks)
        } catch {
            let failure = FileFailure(error)
            guard followingLinks, failure.status != 404 else { throw failure }
        }
        // Why it cannot be looked at is told only if it is beneath: of what is outside not even that it is there.
        return try statusBeneath(path)
    }

    /// What has this name in a folder beneath; nil if nothing, and where there is no such folder. A link stands for itself.
    func status(of name: KernelPath, in place: KernelPath) throws(FileFailure) -> FileStatus? {
        do throws(Errno) {
            let parent = try FolderCalls.open(place, beneath: folder.rawValue, for: .place)
            return try FolderCalls.status(of: name, in: parent.rawValue, followingLinks: false)
        } catch {
            // Nothing can have it, now or later.
            if error == .nameTooLong { throw FileFailure(414, "no file can have a name as long as this") }
            let failure = FileFailure(error)
            guard failure.status == 404 else { throw failure }
            return nil
        }
    }

    /// Opens a regular file to be read; anything else is not found. What it was before is known to the caller, so that no
    /// device and no pipe is opened, where already that may have an effect; this looks again.
    func openFile(_ path: KernelPath) throws(FileFailure) -> OpenFile {
        let file = try open(path, for: .reading)
        guard file.status.kind == .regular else { throw FileFailure(404) }
        return file
    }

    /// Fails if the process may not write to the file at a path.
    func requireWritable(_ path: KernelPath) throws(FileFailure) {
        do throws(Errno) { _ = try FolderCalls.open(path, beneath: folder.rawValue, for: .writing) } catch {
            // It may, but a program runs that is in it, and goes on with the old one when another has the name.
            if error == .textFileBusy { return }
            throw FileFailure(storing: error, in: "file")
        }
    }

    /// What a path leads to, if that is beneath.
    func statusBeneath(_ path: KernelPath) throws(FileFailure) -> FileStatus {
        try open(path, for: .place).status
    }

    /// Opens a folder beneath, to be the folder of other paths or to read its names.
    func openFolder(_ path: KernelPath, for purpose: FolderCalls.Purpose) throws(FileFailure) -> FileDescriptor {
        let found = try open(path, for: purpose)
        guard found.status.kind == .directory else { throw FileFailure(404) }
        return found.takeDescriptor()
    }

    private func open(_ path: KernelPath, for purpose: FolderCalls.Purpose) throws(FileFailure) -> OpenFile {
        do throws(Errno) {
            let descriptor = try FolderCalls.open(path, beneath: folder.rawValue, for: purpose)
            let status = try FolderCalls.status(of: descriptor.rawValue)
            return OpenFile(descriptor: descriptor, status: status)
        } catch {
            throw FileFailure(error)
        }
    }
}

extension FileRoot.OpenFile {
    consuming func takeDescriptor() -> FileDescriptor { descriptor }
}
