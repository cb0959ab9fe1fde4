/// Serves the files of a root, and takes some if it is told to.
///
/// What is answered is what is there at that moment. A file that is exchanged while it is sent is sent to its end as it
/// was; one that is cut short breaks the connection off, so that nobody takes the part for the whole.
@Netpoller
public final class FileHandler: HTTPHandler {
    /// Who answers where no file has the name.
    public struct Otherwise: Sendable {
        let handler: any HTTPHandler
        let knows: @Sendable (_ path: String) -> Bool

        /// `knows` says whether the handler has something at a path, which its refusal is not.
        public init(_ handler: any HTTPHandler, knows: @escaping @Sendable (_ path: String) -> Bool) {
            self.handler = handler
            self.knows = knows
        }
    }

    let root: FileRoot
    let rules: FileRules
    private let otherwise: Otherwise?
    private var openFiles = OpenFiles()
    /// A task will close them.
    private var isSweeping = false

    /// Serves `root`, and leaves to others what is not in it.
    public init(_ root: FileRoot, _ rules: FileRules = FileRules(), otherwise: Otherwise? = nil) {
        self.root = root
        self.rules = rules
        self.otherwise = otherwise
    }

    public func allows(_ method: HTTPMethod, at path: String) -> Bool {
        switch method {
        case .get, .head, .options: return true
        case .put where rules.takesUploads: return true
        default:
            guard let otherwise, otherwise.knows(path), let file = try? FilePath(path), !isThere(file) else {
                return false
            }
            return otherwise.handler.allows(method, at: path)
        }
    }

    public func answer(_ exchange: HTTPExchange) async throws(NetworkError) {
        guard let entry = findOpenFile(exchange.request) else { return try await answerAnew(exchange) }
        // What most ask for is made at once: to wait for nothing has its price, too.
        guard let written = entry.facts.written, !FileAnswer.mayAskForLess(exchange.request.fields) else {
            return try await send(entry.file, entry.facts, exchange)
        }
        try exchange.put(200, written, file: entry.file, count: entry.facts.size)
        if exchange.isFull { try await exchange.flush() }
    }

    /// A file that was asked for a moment ago, for whoever takes it as it is.
    private func findOpenFile(_ request: RequestHead) -> OpenFiles.Entry? {
        guard request.method == .get || request.method == .head,
            let entry = request.withTarget({ openFiles.find($0, in: root) }),
            !request.acceptsGzip || !rules.givesCopies || (try? root.status(of: entry.compressedPath)) == nil
        else { return nil }
        return entry
    }

    /// Keeps a file open that this request asked for, and no longer than it may be used: one that is deleted keeps its
    /// place on the disk until it is closed.
    func keepOpen(_ entry: OpenFiles.Entry, for request: RequestHead) {
        request.withTarget { openFiles.keep(entry, for: $0) }
        guard !isSweeping else { return }
        isSweeping = true
        Netpoller.spawn {
            repeat { await Netpoller.sleep(for: OpenFiles.lifetime) } while self.openFiles.closeExpired()
            self.isSweeping = false
        }
    }

    @inline(never)
    private func answerAnew(_ exchange: HTTPExchange) async throws(NetworkError) {
        // Its target is a host, and no path that could be missing.
        if case .connect = exchange.request.method { return try await exchange.respond(allowing: [.get, .head]) }
        let path: FilePath
        do throws(FilePath.Failure) {
            path = try FilePath(exchange.request.path)
        } catch {
            return try await exchange.refuse(error.status)
        }
        switch exchange.request.method {
        case .get, .head: try await read(path, exchange)
        case .put where rules.takesUploads: try await store(path, exchange)
        default: try await answerOther(path, exchange)
        }
    }

    /// OPTIONS, and methods that nothing here knows.
    private func answerOther(_ path: FilePath, _ exchange: HTTPExchange) async throws(NetworkError) {
        if let otherwise, !isThere(path), otherwise.knows(exchange.request.path) {
            return try await otherwise.handler.answer(exchange)
        }
        try await exchange.respond(allowing: rules.takesUploads ? [.get, .head, .put] : [.get, .head])
    }

    private func isThere(_ path: FilePath) -> Bool {
        guard rules.showsHidden || !path.isHidden else { return false }
        return (try? root.statusBeneath(KernelPath(path.relative))) != nil
    }

    // MARK: - Reading

    private func read(_ path: FilePath, _ exchange: HTTPExchange) async throws(NetworkError) {
        switch look(at: path, for: exchange.request) {
        case .file(let found): try await send(found.file, found.facts, exchange)
        case .kept(let entry): try await send(entry.file, entry.facts, exchange)
        case .elsewhere(let place): try await exchange.respond(301, ["Location": place], body: [])
        case .folder(let place): try await list(place, path, exchange)
        case .unlisted: if try await !answerStandIn(path, exchange) { try await exchange.refuse(404) }
        case .nothing(404): try await answerMissing(path, exchange)
        case .nothing(let status): try await exchange.refuse(status)
        }
    }

    private func answerMissing(_ path: FilePath, _ exchange: HTTPExchange) async throws(NetworkError) {
        if let otherwise, otherwise.knows(exchange.request.path) { return try await otherwise.handler.answer(exchange) }
        if try await answerStandIn(path, exchange) { return }
        if let otherwise { return try await otherwise.handler.answer(exchange) }
        try await exchange.refuse(404)
    }

    /// Answers with the page that stands for paths without a file; false if there is none for this one.
    private func answerStandIn(_ path: FilePath, _ exchange: HTTPExchange) async throws(NetworkError) -> Bool {
        guard let standIn = rules.standIn, !(path.segments.last ?? []).contains(UInt8(ascii: ".")),
            case .file(let found) = look(at: standIn, for: exchange.request, keeping: false)
        else { return false }
        try await send(found.file, found.facts, exchange)
        return true
    }

    /// Sends a file, or what the request wants of it. What is small leaves in one write with its head.
    @inline(never)
    private func send(
        _ file: borrowing FileDescriptor, _ facts: FileFacts, _ exchange: HTTPExchange
    ) async throws(NetworkError) {
        let now = HTTPDate(secondsSinceEpoch: Int(Timestamp.now.seconds))
        let answer = FileAnswer(to: exchange.request, facts, now: now)
        try await exchange.begin(answer.status, answer.fields, length: answer.length(of: facts))
        switch answer.content {
        case .none: break
        case .whole: try await exchange.send(file, from: 0, count: facts.size)
        case .part(let range): try await exchange.send(file, from: range.lowerBound, count: range.count)
        case .parts(let parts):
            for range in parts.ranges {
                try await exchange.write(parts.head(of: range))
                try await exchange.send(file, from: range.lowerBound, count: range.count)
            }
            try await exchange.write(parts.end)
        }
        try await exchange.finish()
    }
}

extension RequestHead {
    /// Whether content that is compressed by gzip is welcome, and more so than content as it is.
    var acceptsGzip: Bool {
        guard let value = fields["Accept-Encoding"] else { return false }
        let list = QualityList(value)
        guard list.accepts(coding: "gzip") else { return false }
        let plain = list.elements.first { $0.word == "identity" }?.weight ?? 0
        return (list.weight(of: "gzip") ?? 0) >= plain
    }
}
