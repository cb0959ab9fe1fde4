import SockKit

/// The file of `--output`: opened before anything is asked, and left as it is until there is something to put into it.
@Netpoller
final class OutputFile {
    let path: Word
    private let descriptor: FileDescriptor
    private let isNew: Bool
    private var sink: ByteSink?
    /// Whether a body has been put into it.
    private(set) var hasBegun = false
    /// The same as the attribute, for a file system that keeps none.
    private var noted: String?

    init(_ path: Word) throws(NetworkError) {
        self.path = path
        do throws(Errno) {
            isNew = (try? FileCalls.identity(ofPath: path.byteString)) == nil
            // A pipe that nobody reads would keep it waiting otherwise.
            descriptor = try FileCalls.open(path.byteString, for: .overwrite, nonBlocking: true)
        } catch {
            throw NetworkError(.write, .file(path.text), cause: .system(error, call: "open"))
        }
    }

    /// A file that was made for a body that never came is removed.
    isolated deinit {
        guard isNew, !hasBegun else { return }
        try? FileCalls.remove(path.byteString)
    }

    /// How many bytes it holds; nil where that says nothing, as of a pipe.
    var size: Int? {
        guard let identity = try? FileCalls.identity(of: descriptor.rawValue), identity.kind == .regular else {
            return nil
        }
        return Int(identity.size)
    }

    /// Where a body goes: behind the one before it, or behind the bytes that are kept of what the file held. The first
    /// that begins cuts off the rest.
    func begin(keeping kept: Int = 0) throws(NetworkError) -> ByteSink {
        if let sink { return sink }
        do throws(Errno) {
            // One that could not be looked at is not to be taken for a pipe, and overwritten from its first byte on.
            if try FileCalls.identity(of: descriptor.rawValue).kind == .regular {
                try FileCalls.truncate(descriptor.rawValue, to: kept)
                try FileCalls.seek(descriptor.rawValue, to: kept)
            }
            let sink = try ByteSink(given: descriptor.rawValue)
            (self.sink, hasBegun) = (sink, true)
            return sink
        } catch {
            throw NetworkError(.write, .file(path.text), cause: .system(error, call: "write"))
        }
    }

    /// A body begins anew, or goes on: after one that broke.
    func restart() { sink = nil }

    /// What the server called the version of which the file has a part, where it was noted: for If-Range.
    var validator: String? {
        get {
            noted
                ?? (try? FileAttributes.value(of: Self.attribute, on: descriptor.rawValue))
                .map { String(decoding: $0, as: UTF8.self) }
        }
        set {
            noted = newValue
            if let newValue {
                try? FileAttributes.set(Self.attribute, to: Array(newValue.utf8), on: descriptor.rawValue)
            } else {
                try? FileAttributes.remove(Self.attribute, from: descriptor.rawValue)
            }
        }
    }

    private static let attribute = "user.sockctl.validator"

    /// The error of the sink, which knows only that it writes, with the file's name.
    func name(_ error: NetworkError) -> NetworkError {
        guard error.stream == .standardOutput else { return error }
        return NetworkError(.write, .file(path.text), cause: error.cause, bytesTransferred: error.bytesTransferred)
    }
}
