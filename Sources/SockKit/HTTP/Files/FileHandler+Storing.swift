/// Files that clients bring.
extension FileHandler {
    /// Stores the content of a PUT. It is written beside the place and gets its name at the end: whoever reads meanwhile
    /// sees what was there before, and a client that goes away in the middle leaves nothing.
    @inline(never)
    func store(_ path: FilePath, _ exchange: HTTPExchange) async throws(NetworkError) {
        let target: Target
        do throws(FileFailure) {
            target = try judge(path, exchange.request)
        } catch {
            return try await refuse(error, exchange)
        }
        exchange.contentLimit = rules.uploadLimit
        switch try await receive(exchange, target) {
        case nil where target.isThere: try await exchange.respond(204, body: [])
        case nil: try await exchange.respond(201, ["Location": path.reference], body: [])
        case let failure?: try await refuse(failure, exchange)
        }
    }

    /// Takes the content; says what was wrong with the place, if anything.
    private func receive(_ exchange: HTTPExchange, _ target: Target) async throws(NetworkError) -> FileFailure? {
        var upload: FileUpload
        do throws(FileFailure) { upload = try FileUpload.begin(in: target.folder, of: root) } catch { return error }
        while true {
            let chunk = try await exchange.readBody()
            do throws(FileFailure) {
                if chunk.isEnd {
                    try upload.finish(
                        as: target.name, replacing: target.mayReplace, permissions: target.permissions)
                    return nil
                }
                try chunk.withBytes { bytes throws(FileFailure) in try upload.write(bytes) }
            } catch {
                return error
            }
            chunk.giveBack()
        }
    }

    /// Where a file is to be stored.
    private struct Target {
        let folder: KernelPath
        let name: KernelPath
        let isThere: Bool
        let mayReplace: Bool
        /// Of the file that is replaced.
        let permissions: UInt32?
    }

    /// Whether the request may store anything there, as far as that can be said before its content has come.
    private func judge(_ path: FilePath, _ request: RequestHead) throws(FileFailure) -> Target {
        guard let name = path.segments.last, !path.isFolder else {
            throw FileFailure(409, "the path is that of a folder: a name for the file is missing")
        }
        guard rules.showsHidden || !path.isHidden else {
            throw FileFailure(403, "names that begin with a dot are not taken")
        }
        // Part of a file is no file, and neither is one in a coding that nobody would know of (RFC 9110 section 14.5).
        if request.fields.contains("Content-Range") {
            throw FileFailure(400, "a part of a file cannot be stored: leave out Content-Range")
        }
        if let coding = request.fields["Content-Encoding"], coding.lowercased() != "identity" {
            throw FileFailure(415, "the content must come as it is, without Content-Encoding")
        }

        let place = KernelPath(path.relative)
        let status = try present(place)
        let facts = status.map { FileFacts($0, fileName: "", now: .now) }
        let condition = PreconditionResult(request.method, request.fields, current: facts?.validators)
        guard condition == .proceed else { throw FileFailure(412) }
        if let status {
            guard status.kind == .regular || status.kind == .symbolicLink else {
                throw FileFailure(409, "what has this name is not a file")
            }
            guard rules.overwrites else { throw FileFailure(409, FileFailure.nameIsTaken) }
            // The folder's permissions alone would allow to replace it.
            if status.kind == .regular { try root.requireWritable(place) }
        } else if !rules.overwrites, let original = path.original, try present(KernelPath(original)) != nil {
            // It would be given out in the place of the file that it says it is a copy of.
            throw FileFailure(409, "a compressed copy stands for its file, and files are not replaced here")
        }
        return Target(
            folder: KernelPath(path.parent), name: KernelPath(name), isThere: status != nil,
            mayReplace: rules.overwrites && request.fields["If-None-Match"] == nil,
            permissions: status?.kind == .regular ? status?.permissions : nil)
    }

    /// What has the name; nil if nothing. A link stands for itself: what it leads to is not touched.
    private func present(_ place: KernelPath) throws(FileFailure) -> FileStatus? {
        do throws(FileFailure) {
            return try root.status(of: place, followingLinks: false)
        } catch {
            guard error.status == 404 else { throw error }
            return nil
        }
    }

    private func refuse(_ failure: FileFailure, _ exchange: HTTPExchange) async throws(NetworkError) {
        try await exchange.refuse(failure.status, reason: failure.reason)
    }
}

extension FileFailure {
    static let nameIsTaken = "a file has this name already, and files are not replaced here"
}
