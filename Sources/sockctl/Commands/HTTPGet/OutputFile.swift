import SockKit

/// The file of `--output`: opened before anything is asked, and left as it is until there is something to put into it.
@Netpoller
final class OutputFile {
    let path: Word
    private let file: ReservedFile
    private var sink: ByteSink?
    /// Whether a body has been put into it.
    private(set) var hasBegun = false
    /// The same as the attribute, for a file system that keeps none.
    private var noted: String?

    init(_ path: Word) throws(NetworkError) {
        self.path = path
        do throws(Errno) { file = try ReservedFile(path.byteString) } catch {
            throw NetworkError(.write, .file(path.text), cause: .system(error, call: "open"))
        }
    }

    /// A file that was made for a body that never came is removed. One that came may have been empty.
    isolated deinit {
        if !hasBegun { file.made?.remove() }
    }

    /// How many bytes it holds; nil where that says nothing, as of a pipe.
    var size: Int? { file.size }

    /// Where a body goes: behind the one before it, or behind the bytes that are kept of what the file held. The first
    /// that begins cuts off the rest.
    func begin(keeping kept: Int = 0) throws(NetworkError) -> ByteSink {
        if let sink { return sink }
        do throws(Errno) {
            try file.cut(to: kept)
            let sink = try ByteSink(given: file.number)
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
                ?? (try? FileAttributes.value(of: Self.attribute, on: file.number))
                .map { String(decoding: $0, as: UTF8.self) }
        }
        set {
            noted = newValue
            if let newValue {
                try? FileAttributes.set(Self.attribute, to: Array(newValue.utf8), on: file.number)
            } else {
                try? FileAttributes.remove(Self.attribute, from: file.number)
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
