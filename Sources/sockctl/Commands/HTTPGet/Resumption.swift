import SockKit

/// A file that has a part of what is to be got: what is asked for to complete it, and what the answer means for it.
@Netpoller
struct Resumption {
    let file: OutputFile
    /// How many bytes it has.
    let size: Int
    /// What the server called the version that it is a part of, if that was noted.
    private let validator: String?

    /// nil where there is nothing to go on with.
    init?(of file: OutputFile) {
        guard let size = file.size, size > 0 else { return nil }
        self.file = file
        self.size = size
        validator = file.validator
    }

    /// Whether more has come since.
    func isOlder(than other: Resumption) -> Bool { other.size > size }

    /// Whether the server can say if it is still the same.
    var isOfKnownVersion: Bool { validator != nil }

    /// Asks for the rest; for all, if the server has another version by now.
    func add(to fields: inout Fields) {
        fields.append("Range", "bytes=\(size)-")
        if let validator { fields.append("If-Range", validator) }
    }

    /// How many of the file's bytes stay where an answer's body is written behind them.
    func kept(of response: HTTPResponse) throws(NetworkError) -> Int {
        guard response.status == 206 else { return 0 }
        guard Self.range(of: response)?.range?.lowerBound == size else {
            let said = response.head.fields["content-range"] ?? "nothing"
            throw Self.malformed("the rest was asked for from byte \(size), and Content-Range says \(said)")
        }
        // A server that did not look at If-Range: the name of a version is quoted, a date is not.
        if let validator, validator.hasPrefix("\""), let tag = response.head.fields["etag"], tag != validator {
            throw Self.malformed("the file has a part of version \(validator), and this is one of \(tag)")
        }
        return size
    }

    /// How long the file is to be in the end, as an answer with a part says.
    func whole(of response: HTTPResponse) -> Int? {
        response.status == 206 ? Self.range(of: response)?.size : nil
    }

    /// Whether an answer that has no such range says that nothing is missing.
    func isWhole(_ response: HTTPResponse) -> Bool { Self.range(of: response)?.size == size }

    private static func range(of response: HTTPResponse) -> ContentRange? {
        response.head.fields["content-range"].flatMap(ContentRange.init)
    }

    private static func malformed(_ text: String) -> NetworkError {
        NetworkError(.read, network: nil, cause: .message(MessageError(.malformed, "HTTP answer", text)))
    }

    func event(_ outcome: ResumingEvent.Outcome) -> ResumingEvent {
        ResumingEvent(path: file.path.text, bytes: size, outcome: outcome)
    }
}
