/// What a path leads to.
extension FileHandler {
    struct FoundFile: ~Copyable {
        let file: FileDescriptor
        let facts: FileFacts
    }

    enum Found: ~Copyable {
        case file(FoundFile)
        /// A small file, which is kept open from now on.
        case kept(OpenFiles.Entry)
        /// A folder that is to be listed.
        case folder(KernelPath)
        /// A folder that is not: nothing else stands for it but the page that stands for all.
        case unlisted
        /// A folder, which has a slash at its end.
        case elsewhere(String)
        case nothing(HTTPStatus)
    }

    /// Finds out what is there, and opens it.
    func look(at path: FilePath, for request: RequestHead, keeping: Bool = true) -> Found {
        guard rules.showsHidden || !path.isHidden else { return .nothing(404) }
        do throws(FileFailure) {
            let place = KernelPath(path.relative)
            switch try root.status(of: place).kind {
            case .regular where !path.isFolder: return try open(place, path.segments.last, request, keeping)
            case .directory: return try lookInto(path, place, request, keeping)
            case .regular, .pipe, .socket, .terminal, .symbolicLink, .device: return .nothing(404)
            }
        } catch {
            return .nothing(error.status)
        }
    }

    private func lookInto(
        _ path: FilePath, _ place: KernelPath, _ request: RequestHead, _ keeping: Bool
    ) throws(FileFailure) -> Found {
        // Whether it is beneath has not been looked at yet, and nothing may be told of what is not.
        _ = try root.openFolder(place, for: .place)
        // The page that is served would else take what its links lead to for neighbours of the folder.
        guard path.isFolder || path.segments.isEmpty else {
            return .elsewhere(path.reference + "/" + (request.query.map { "?" + $0 } ?? ""))
        }
        let index = place.appending("/index.html")
        if let status = try? root.status(of: index), status.kind == .regular {
            return try open(index, Array("index.html".utf8), request, keeping)
        }
        // A program's page is that of the whole root.
        let isListed = rules.listsFolders && (rules.standIn == nil || !path.segments.isEmpty)
        return isListed ? .folder(place) : .unlisted
    }

    /// Opens a file, or the compressed copy of it that stands beside it, if that is as young and the client takes it.
    private func open(
        _ place: KernelPath, _ name: [UInt8]?, _ request: RequestHead, _ keeping: Bool
    ) throws(FileFailure) -> Found {
        let fileName = String(decoding: name ?? [], as: UTF8.self)
        let file = try root.openFile(place)
        if rules.givesCopies, request.acceptsGzip, let copy = compressedCopy(place, of: file.status) {
            let facts = FileFacts(copy.status, fileName: fileName, coding: "gzip", now: .now)
            return .file(FoundFile(file: copy.takeDescriptor(), facts: facts))
        }
        let facts = FileFacts(file.status, fileName: fileName, now: .now)
        guard keeping, file.status.size <= OpenFiles.largest, request.query == nil else {
            return .file(FoundFile(file: file.takeDescriptor(), facts: facts))
        }
        let entry = OpenFiles.Entry(path: place, fileName: fileName, file, facts: facts)
        keepOpen(entry, for: request)
        return .kept(entry)
    }

    /// One that is older was made of what the file held before. Seconds count: gzip gives its copy the file's time without
    /// their fraction.
    private func compressedCopy(_ place: KernelPath, of status: FileStatus) -> FileRoot.OpenFile? {
        let place = place.appending(".gz")
        guard (try? root.status(of: place))?.kind == .regular, let copy = try? root.openFile(place),
            copy.status.modified.seconds >= status.modified.seconds
        else { return nil }
        return copy
    }
}
