/// Turns an input into frames: each of its lines, or all of it, is a message.
@Netpoller
public final class FramesFromInput: ByteTransform {
    private var framer: InputFramer

    public init(_ rules: FrameRules) {
        framer = InputFramer(rules)
    }

    public func push(_ bytes: Span<UInt8>, into result: inout [UInt8]) throws(NetworkError) {
        try framer.push(bytes, into: &result)
    }

    public func finish(into result: inout [UInt8]) throws(NetworkError) {
        try framer.finish(into: &result)
    }
}

/// Turns a stream of frames into what is output of them: the payloads, each followed by the separator.
///
/// What there is of a payload that the end cuts off is output too. That is no failure of the stream, whose other
/// direction may go on: `cutOff` says what was missing.
@Netpoller
public final class OutputFromFrames: ByteTransform {
    private var decoder: FrameDecoder
    private let separator: [UInt8]
    private let names: StreamNames
    private let sees: (@Netpoller (Int, Int) -> Void)?
    /// The stream ended inside a frame.
    public private(set) var cutOff: NetworkError?
    /// A frame was refused: what there is of it is no part of a message.
    private var isBroken = false

    /// `names` are those of the stream that is read, for errors; `sees` is told of each message its number, from 1, and
    /// the length of its payload.
    public init(_ rules: FrameRules, of names: StreamNames, sees: (@Netpoller (Int, Int) -> Void)? = nil) {
        decoder = FrameDecoder(rules.framing, maximum: rules.maximum)
        separator = rules.separator
        self.names = names
        self.sees = sees
    }

    public func push(_ bytes: Span<UInt8>, into result: inout [UInt8]) throws(NetworkError) {
        var output: [UInt8] = []
        swap(&output, &result)
        defer { swap(&output, &result) }
        do throws(FramingError) {
            try decoder.push(bytes) { (index, payload) throws(FramingError) in
                output.append(payload)
                if separator.count == 1 { output.append(separator[0]) } else { output += separator }
                sees?(index, payload.count)
            }
        } catch {
            isBroken = true
            throw names.failure(.read, .frame(error))
        }
    }

    /// Takes what there is of a message that has begun, in the form that the end of the stream would give it, for who
    /// reads no further.
    public func takeRest() -> [UInt8] {
        guard !isBroken, let rest = decoder.finish()?.payload, !rest.isEmpty else { return [] }
        return rest + separator
    }

    public func finish(into result: inout [UInt8]) throws(NetworkError) {
        guard let rest = decoder.finish() else { return }
        if !rest.payload.isEmpty { result += rest.payload + separator }
        cutOff = names.failure(.read, .frame(rest.error))
    }
}
