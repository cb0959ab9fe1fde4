/// The content of a request: none, bytes, what a stream gives, or a part of a file.
public struct HTTPBody: Sendable {
    enum Source: Sendable {
        case none
        case bytes([UInt8])
        case stream(@Netpoller @Sendable () async throws(NetworkError) -> any ByteStream)
        case file(ByteString, Range<Int>)
    }

    let source: Source
    /// How long it is; nil for a stream of unknown length, which is sent in chunks.
    public let length: Int?
    /// Whether it can be sent a second time.
    public let isRewindable: Bool

    /// No content.
    public static let none = HTTPBody(source: .none, length: 0, isRewindable: true)

    /// These bytes.
    public static func bytes(_ bytes: [UInt8]) -> HTTPBody {
        HTTPBody(source: .bytes(bytes), length: bytes.count, isRewindable: true)
    }

    /// What a stream gives until its end, and exactly `length` bytes where that is known. It is closed behind them.
    ///
    /// It can be sent once.
    public static func stream(_ stream: any ByteStream, length: Int? = nil) -> HTTPBody {
        HTTPBody(source: .stream { stream }, length: length, isRewindable: false)
    }

    /// What a stream gives that is opened anew each time that the content is sent.
    public static func stream(
        length: Int? = nil, opening open: @escaping @Netpoller @Sendable () async throws(NetworkError) -> any ByteStream
    ) -> HTTPBody {
        HTTPBody(source: .stream(open), length: length, isRewindable: true)
    }

    /// A file, or the part of it that `range` names, moved by the kernel (sendfile(2)). Fails where the file cannot be read
    /// or is no regular file.
    public static func file(_ path: String, range: Range<Int>? = nil) throws(NetworkError) -> HTTPBody {
        try file(ByteString(path), named: path, range)
    }
}

extension HTTPBody {
    package static func file(
        _ path: ByteString, named name: String, _ range: Range<Int>?
    ) throws(NetworkError) -> HTTPBody {
        let identity: FileIdentity
        do throws(Errno) {
            let file = try FileCalls.open(path, for: .read, nonBlocking: true)
            identity = try FileCalls.identity(of: file.rawValue)
        } catch {
            throw NetworkError(.read, .file(name), cause: .system(error, call: "open"))
        }
        guard identity.kind == .regular else {
            throw NetworkError(.read, .file(name), cause: .invalid("not a regular file"))
        }
        let all = 0..<Int(identity.size)
        let range = range?.clamped(to: all) ?? all
        return HTTPBody(source: .file(path, range), length: range.count, isRewindable: true)
    }

    /// A file, to be read from a place on.
    @Netpoller
    static func open(_ path: ByteString, at place: Int) throws(NetworkError) -> any ByteStream {
        do throws(Errno) {
            let file = try FileCalls.open(path, for: .read)
            if place > 0 { try FileCalls.seek(file.rawValue, to: place) }
            return PairedStream(source: try ByteSource(given: file.rawValue), sink: nil)
        } catch {
            throw NetworkError(.read, .file(path.description), cause: .system(error, call: "open"))
        }
    }
}
