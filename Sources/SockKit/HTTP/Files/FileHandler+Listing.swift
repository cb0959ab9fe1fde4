/// Folders as pages.
extension FileHandler {
    /// After so many names others have their turn on the loop.
    private static let turn = 256

    /// Answers with a page that lists the folder.
    @inline(never)
    func list(_ place: KernelPath, _ path: FilePath, _ exchange: HTTPExchange) async throws(NetworkError) {
        let folder: FileDescriptor
        do throws(FileFailure) { folder = try root.openFolder(place, for: .listing) } catch {
            return try await exchange.refuse(error.status)
        }
        let entries: [FolderEntry]
        do throws(Errno) { entries = try await self.entries(folder, path) } catch {
            // A page of some of its names would be taken for all.
            return try await exchange.refuse(FileFailure(error).status)
        }
        let page = await page(path, entries, FolderOrder(query: exchange.request.query))
        var fields = FolderPage.fields
        // Whoever says how long it may be kept knows better.
        if exchange.commonFields.contains("Cache-Control") { fields["Cache-Control"] = nil }
        try await exchange.respond(200, fields, body: page)
    }

    /// More names than these are put in order, and on the page, beside the loop.
    private static let many = 1000
    private static let workers = WorkerThreads(most: 2, mostWaiting: 64)

    private func page(_ path: FilePath, _ entries: [FolderEntry], _ order: FolderOrder) async -> [UInt8] {
        let make: @Sendable () -> [UInt8] = { FolderPage(path, entries, order).bytes }
        guard entries.count > Self.many, let made = try? await Netpoller.offload(on: Self.workers, make) else {
            return make()
        }
        return made
    }

    private func entries(_ folder: borrowing FileDescriptor, _ path: FilePath) async throws(Errno) -> [FolderEntry] {
        var (entries, looked) = ([FolderEntry](), 0)
        while let names = try FolderCalls.nextNames(in: folder.rawValue) {
            for name in names where rules.showsHidden || name.first != UInt8(ascii: ".") {
                if let entry = entry(name, in: folder, path) { entries.append(entry) }
                looked += 1
                if looked % Self.turn == 0 { await Task.yield() }
            }
        }
        return entries
    }

    /// A link counts as what it leads to, if that may be served.
    private func entry(_ name: [UInt8], in folder: borrowing FileDescriptor, _ path: FilePath) -> FolderEntry? {
        guard let status = try? FolderCalls.status(of: KernelPath(name), in: folder.rawValue, followingLinks: false)
        else {
            return nil
        }
        guard status.kind == .symbolicLink else { return FolderEntry(name: name, status) }
        let place = KernelPath(path.relative + [UInt8(ascii: "/")] + name)
        return (try? root.statusBeneath(place)).flatMap { FolderEntry(name: name, $0) }
    }
}
