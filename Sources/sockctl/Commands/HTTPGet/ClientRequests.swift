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
    func request(for url: HTTPURL) throws(NetworkError) -> HTTPRequest {
        let url = try target(url)
        return HTTPRequest(method, url, fields: fields(url), body: try body())
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
            return try url.resolving(url.path + PercentCoding.encodeSegment(name.bytes))
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
        for (name, value) in own where !chosen(name) { fields.append(name, value) }
        for field in arguments.fields { if let value = field.value { fields.append(field.name, value) } }
        return fields
    }

    private func chosen(_ name: String) -> Bool {
        arguments.fields.contains { $0.name.lowercased() == name.lowercased() }
    }

    private func body() throws(NetworkError) -> HTTPBody {
        if let content { return .bytes(content) }
        guard let path = arguments.uploads else { return .none }
        if path == "-" { return .stream(PairedStream(source: try .standardInput(), sink: nil)) }
        return try file(path)
    }

    /// A file goes as it is; what cannot be sent twice, a pipe for one, goes in chunks.
    private func file(_ path: Word) throws(NetworkError) -> HTTPBody {
        do throws(Errno) {
            let file = try FileCalls.open(path.byteString, for: .read)
            switch try FileCalls.identity(of: file.rawValue).kind {
            case .regular: break
            case .directory: throw Errno.isDirectory
            case .pipe, .socket, .terminal, .device, .symbolicLink:
                return .stream(PairedStream(source: try ByteSource(given: file.rawValue), sink: nil))
            }
        } catch {
            throw NetworkError(.read, .file(path.text), cause: .system(error, call: "open"))
        }
        return try .file(path.byteString, named: path.text, nil)
    }

    /// The value as it is, or what the file has that it names behind an `@`.
    private static func bytes(_ word: Word) async throws(NetworkError) -> [UInt8] {
        guard word.hasPrefix("@") else { return word.bytes }
        let path = Word(word.bytes.dropFirst())
        if path == "-" { return try await allInput() }
        var bytes: [UInt8] = []
        do throws(Errno) {
            let file = try FileCalls.open(path.byteString, for: .read)
            while case let more = try FileCalls.readBlocking(file.rawValue, upTo: 1 << 16), !more.isEmpty {
                bytes += more
                if bytes.count > mostInMemory { break }
            }
        } catch {
            throw NetworkError(.read, .file(path.text), cause: .system(error, call: "read"))
        }
        if bytes.count > mostInMemory { throw NetworkError(.read, .file(path.text), cause: tooLong) }
        return bytes
    }

    /// So much is kept in memory of what is sent at once.
    private static let mostInMemory = 256 << 20

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
