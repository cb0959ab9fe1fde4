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
        switch try await receive(path, exchange, target.folder) {
        case .success(let target) where target.isThere: try await exchange.respond(204, body: [])
        case .success: try await exchange.respond(201, ["Location": path.reference], body: [])
        case .failure(let failure): try await refuse(failure, exchange)
        }
    }

    /// Takes the content, and says where it was stored, or what was wrong with the place.
    private func receive(
        _ path: FilePath, _ exchange: HTTPExchange, _ folder: KernelPath
    ) async throws(NetworkError) -> Result<Target, FileFailure> {
        var upload: FileUpload
        do throws(FileFailure) { upload = try FileUpload.begin(in: folder, of: root) } catch { return .failure(error) }
        while true {
            let chunk = try await exchange.readBody()
            do throws(FileFailure) {
                if chunk.isEnd {
                    guard upload.isStill(at: folder, of: root) else { throw FileFailure.noFolder }
                    // The content took its time: what the request takes for granted may hold no more.
                    let target = try judge(path, exchange.request)
                    try upload.finish(
                        as: target.name, replacing: target.mayReplace, permissions: target.permissions,
                        whenTaken: target.whenTaken)
                    return .success(target)
                }
                try chunk.withBytes { bytes throws(FileFailure) in try upload.write(bytes) }
            } catch {
                return .failure(error)
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
        /// What somebody else has done meanwhile who took the name.
        let whenTaken: FileFailure
    }

    /// Whether the request may store anything there, as things are at this moment.
    private func judge(_ path: FilePath, _ request: RequestHead) throws(FileFailure) -> Target {
        guard let name = path.segments.last, !path.isFolder else {
            throw FileFailure(409, "the path is that of a folder: a name for the file is missing")
        }
        guard rules.showsHidden || !path.isHidden else {
            throw FileFailure(403, "names that begin with a dot are not taken")
        }
        try requireWholeFile(request)

        let (folder, file, place) = (KernelPath(path.parent), KernelPath(name), KernelPath(path.relative))
        let status = try root.status(of: file, in: folder)
        // GET gives what a link leads to, and the client knows that, if it is beneath.
        let served = status?.kind == .symbolicLink ? (try? root.statusBeneath(place)) ?? status : status
        let facts = served.map { FileFacts($0, fileName: "", now: .now) }
        let condition = PreconditionResult(request.method, request.fields, current: facts?.validators)
        guard condition == .proceed else { throw FileFailure(412) }
        if let status {
            guard status.kind == .regular || status.kind == .symbolicLink else {
                throw FileFailure(409, "what has this name is not a file")
            }
            guard rules.overwrites else { throw FileFailure.nameIsTaken }
            // The folder's permissions alone would allow to replace it.
            if status.kind == .regular { try root.requireWritable(place) }
        }
        let mustBeNew = request.fields["If-None-Match"].map { EntityTagList($0) == .any } ?? false
        return Target(
            folder: folder, name: file, isThere: status != nil, mayReplace: rules.overwrites && !mustBeNew,
            permissions: status?.kind == .regular ? status?.permissions : nil,
            whenTaken: mustBeNew ? FileFailure(412) : .nameIsTaken)
    }

    /// Whether the content is said to be a file, and all of it.
    private func requireWholeFile(_ request: RequestHead) throws(FileFailure) {
        // Without either there is no content (RFC 9112 section 6.3): nobody means to bring that.
        guard request.fields.contains("Content-Length") || request.fields.contains("Transfer-Encoding") else {
            throw FileFailure(411, "the content of the file is missing: send it with Content-Length, or in chunks")
        }
        // Part of a file is no file, and neither is one in a coding that nobody would know of (RFC 9110 section 14.5).
        if request.fields.contains("Content-Range") {
            throw FileFailure(400, "a part of a file cannot be stored: leave out Content-Range")
        }
        if let coding = request.fields["Content-Encoding"], coding.lowercased() != "identity" {
            throw FileFailure(415, "the content must come as it is, without Content-Encoding")
        }
    }

    private func refuse(_ failure: FileFailure, _ exchange: HTTPExchange) async throws(NetworkError) {
        try await exchange.refuse(failure.status, reason: failure.reason)
    }
}

extension FileFailure {
    static let nameIsTaken = FileFailure(409, "a file has this name already, and files are not replaced here")
    static let noFolder = FileFailure(409, "there is no such folder to store it in")
}
