/// Makes messages of what is read from an input: of each line, without its newline, or of all of it.
public struct InputFramer: Sendable {
    private let encoder: FrameEncoder
    private var lines: FrameDecoder
    private let maximum: Int
    private let isWhole: Bool
    private var whole: [UInt8] = []
    private var made = 0

    public init(_ rules: FrameRules) {
        encoder = FrameEncoder(rules.framing, maximum: rules.maximum, sendsCRLF: rules.sendsCRLF)
        // A CR is part of the payload here: only the newline is what the lines are told apart by.
        lines = FrameDecoder(.delimiter([UInt8(ascii: "\n")]), maximum: rules.maximum)
        maximum = rules.maximum
        isWhole = rules.sendsWhole
    }

    /// Appends the frames of the messages that are now whole; where one is refused, those before it have been appended.
    public mutating func push(_ bytes: Span<UInt8>, into frames: inout [UInt8]) throws(NetworkError) {
        if isWhole {
            guard whole.count + bytes.count <= maximum else { throw refusal(.tooLong(limit: maximum)) }
            return whole.append(bytes)
        }
        let encoder = encoder
        var made = made
        defer { self.made = made }
        do throws(FramingError) {
            try lines.push(bytes) { (_, line) throws(FramingError) in
                try encoder.append(line, isLine: true, to: &frames)
                made += 1
            }
        } catch {
            throw refusal(error.reason, after: made)
        }
    }

    /// The input's end: an unterminated last line is a message too, and so is all of an input that had any bytes.
    public mutating func finish(into frames: inout [UInt8]) throws(NetworkError) {
        let last = isWhole ? whole : lines.finish()?.payload ?? []
        guard !last.isEmpty else { return }
        whole = []
        do throws(FramingError) { try encoder.append(last.span, to: &frames) } catch {
            throw refusal(error.reason, after: made)
        }
    }

    private func refusal(_ reason: FramingError.Reason, after made: Int = 0) -> NetworkError {
        let subject = isWhole ? "standard input" : "line \(made + 1) of standard input"
        return NetworkError(.read, network: nil, cause: .frame(FramingError(subject, reason)))
    }
}
