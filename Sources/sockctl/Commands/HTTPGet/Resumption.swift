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

    /// Asks for the rest; for all, if the server has another version by now.
    func add(to fields: inout Fields) {
        fields.append("Range", "bytes=\(size)-")
        if let validator { fields.append("If-Range", validator) }
    }

    /// How many of the file's bytes stay where an answer's body is written behind them.
    func kept(of response: HTTPResponse) throws(NetworkError) -> Int {
        guard response.status == 206 else { return 0 }
        let range = response.head.fields["content-range"].flatMap(ContentRange.init)?.range
        guard range?.lowerBound == size else {
            let said = response.head.fields["content-range"] ?? "nothing"
            let text = "the rest was asked for from byte \(size), and Content-Range says \(said)"
            throw NetworkError(
                .read, network: nil, cause: .message(MessageError(.malformed, "HTTP answer", text)))
        }
        return size
    }

    /// Whether an answer that has no such range says that nothing is missing.
    func isWhole(_ response: HTTPResponse) -> Bool {
        response.head.fields["content-range"].flatMap(ContentRange.init)?.size == size
    }

    func event(_ outcome: ResumingEvent.Outcome) -> ResumingEvent {
        ResumingEvent(path: file.path.text, bytes: size, outcome: outcome)
    }
}
