import SockKit

/// Makes the requests that the command line asks for.
@Netpoller
struct ClientRequests {
    private let arguments: HTTPRequestArguments
    /// What is sent as the body of each, read once; nil where there is none or a file is sent.
    private let content: [UInt8]?

    init(_ arguments: HTTPRequestArguments) async throws(NetworkError) {
        self.arguments = arguments
        if let json = arguments.json {
            content = try await Self.bytes(json)
        } else if arguments.data.isEmpty {
            content = nil
        } else {
            var parts: [[UInt8]] = []
            for part in arguments.data { parts.append(try await Self.bytes(part)) }
            content = Array(parts.joined(separator: [UInt8(ascii: "&")]))
        }
    }

    /// The request for a URL.
    func request(for url: HTTPURL) async throws(NetworkError) -> HTTPRequest {
        HTTPRequest(method, try target(url), fields: fields(url), body: try await body())
    }

    private var method: HTTPMethod {
        if let name = arguments.method { return HTTPMethod(name) }
        if arguments.isHead { return .head }
        if arguments.uploads != nil { return .put }
        return content == nil ? .get : .post
    }

    /// A folder's URL, with the name of the file that is sent there.
    private func target(_ url: HTTPURL) throws(NetworkError) -> HTTPURL {
        guard let path = arguments.uploads, path != "-", url.path.hasSuffix("/"), url.query == nil,
            let name = path.split(by: "/").last, !name.bytes.isEmpty
        else { return url }
        do throws(HTTPURL.Failure) {
            return try url.resolving("./" + PercentCoding.encodeSegment(name.bytes))
        } catch {
            throw NetworkError(.dial, network: nil, cause: .invalid("\(url): \(error)"))
        }
    }

    private func fields(_ url: HTTPURL) -> Fields {
        var fields = Fields()
        var own = [
            ("User-Agent", "sockctl/\(Screens.version)"),
            ("Accept", arguments.json == nil ? "*/*" : "application/json"),
        ]
        if let user = arguments.user.flatMap({ BasicCredentials($0) }) ?? url.credentials {
            own.append(("Authorization", user.field))
        }
        if content != nil {
            own.append(
                ("Content-Type", arguments.json == nil ? "application/x-www-form-urlencoded" : "application/json"))
        }
        for (name, value) in own where !arguments.hasField(name) { fields.append(name, value) }
        for field in arguments.fields { if let value = field.value { fields.append(field.name, value) } }
        return fields
    }

    private func body() async throws(NetworkError) -> HTTPBody {
        if let content { return .bytes(content) }
        guard let path = arguments.uploads else { return .none }
        if path == "-" { return .stream(PairedStream(source: try .standardInput(), sink: nil)) }
        return try await file(path)
    }

    /// A file goes as it is; what cannot be sent twice, a pipe for one, goes in chunks.
    private func file(_ path: Word) async throws(NetworkError) -> HTTPBody {
        let number = try await Netpoller.read(path) { () throws(NetworkError) in
            try Self.naming(path, "open") { () throws(Errno) in
                try FileCalls.open(path.byteString, for: .read).release()
            }
        }
        let stream = try Self.naming(path, "open") { () throws(Errno) -> PairedStream? in
            let file = FileDescriptor(adopting: number)
            guard try Self.hasUnknownLength(number) else { return nil }
            return PairedStream(source: try ByteSource(given: file.rawValue), sink: nil)
        }
        if let stream { return .stream(stream) }
        return try .file(path.byteString, named: path.text, nil)
    }

    /// Of a pipe nobody knows the length, and files of /proc have none and hold something all the same.
    private static func hasUnknownLength(_ file: Int32) throws(Errno) -> Bool {
        let identity = try FileCalls.identity(of: file)
        guard identity.kind != .directory else { throw .isDirectory }
        guard identity.kind == .regular, identity.size == 0 else { return identity.kind != .regular }
        let isEmpty = try FileCalls.readBlocking(file, upTo: 1).isEmpty
        try FileCalls.seek(file, to: 0)
        return !isEmpty
    }

    /// The value as it is, or what the file has that it names behind an `@`.
    private static func bytes(_ word: Word) async throws(NetworkError) -> [UInt8] {
        guard word.hasPrefix("@") else { return word.bytes }
        let path = Word(word.bytes.dropFirst())
        if path == "-" { return try await allInput() }
        let bytes = try await Netpoller.read(path) { () throws(NetworkError) in
            try naming(path, "read") { () throws(Errno) in try allBytes(of: path) }
        }
        if bytes.count > mostInMemory { throw NetworkError(.read, .file(path.text), cause: tooLong) }
        return bytes
    }

    /// All of a file, or a little more than is taken.
    nonisolated private static func allBytes(of path: Word) throws(Errno) -> [UInt8] {
        var bytes: [UInt8] = []
        let file = try FileCalls.open(path.byteString, for: .read)
        while case let more = try FileCalls.readBlocking(file.rawValue, upTo: 1 << 16), !more.isEmpty {
            bytes += more
            if bytes.count > mostInMemory { break }
        }
        return bytes
    }

    /// The file is named by what fails.
    nonisolated private static func naming<Value>(
        _ path: Word, _ call: String, _ body: () throws(Errno) -> Value
    ) throws(NetworkError) -> Value {
        do throws(Errno) { return try body() } catch {
            throw NetworkError(.read, .file(path.text), cause: .system(error, call: call))
        }
    }

    /// So much is kept in memory of what is sent at once.
    nonisolated private static let mostInMemory = 256 << 20

    private static var tooLong: NetworkError.Cause {
        .limit(
            "it has more than \(Quantity.bytes(mostInMemory)), which '--data' would keep in memory; use '--upload-file'"
        )
    }

    private static func allInput() async throws(NetworkError) -> [UInt8] {
        let input = try ByteSource.standardInput()
        var bytes: [UInt8] = []
        while true {
            let chunk = try await input.readChunk()
            if chunk.isEnd { return bytes }
            bytes += chunk.copy()
            chunk.giveBack()
            if bytes.count > mostInMemory { throw NetworkError(.read, .standardInput, cause: tooLong) }
        }
    }
}
