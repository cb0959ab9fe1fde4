/// Reads JSON Lines as `JSONTrack` writes them.
struct JSONRecordReader: RecordParser {
    private struct Conversation: Sendable {
        let index: Int
        var ended: Set<RecordDirection> = []
        var isReset = false
    }

    private var builder: RecordingBuilder
    private var lines: FrameDecoder
    private var conversations: [Int: Conversation] = [:]

    init(_ limits: RecordLimits) {
        builder = RecordingBuilder(limits)
        lines = FrameDecoder(.line, maximum: limits.line, noun: "line")
    }

    mutating func push(_ bytes: Span<UInt8>) throws(MessageError) {
        // What is wrong with a line is no fault of the framing: it is carried past it.
        var problem: MessageError?
        var decoder = lines
        // Else what it keeps would have two owners, and be copied.
        lines = FrameDecoder(.line, maximum: 0)
        do throws(FramingError) {
            try decoder.push(bytes) { number, line throws(FramingError) in
                guard problem == nil else { return }
                do throws(MessageError) { try take(line, number) } catch { problem = error }
            }
        } catch {
            throw RecordingBuilder.fault(error.isLimit ? .tooLong : .malformed, error.description)
        }
        lines = decoder
        if let problem { throw problem }
    }

    mutating func finish() throws(MessageError) -> Recording {
        guard lines.finish() == nil else {
            throw RecordingBuilder.fault(.malformed, "line \(lines.count + 1) is cut off by the end of the file")
        }
        guard !builder.recording.conversations.isEmpty else {
            throw RecordingBuilder.fault(.malformed, "nothing happens in it")
        }
        return builder.recording
    }

    // MARK: - Lines

    private mutating func take(_ line: Span<UInt8>, _ number: Int) throws(MessageError) {
        if line.isEmpty { return }
        let object: JSONObject
        do throws(JSONFault) { object = try JSONObject(line) } catch { throw fault(number, error.description) }
        guard let elapsed = object.number("elapsed"), (0...1e9).contains(elapsed) else {
            throw fault(number, "'elapsed' is to say when it happened, in seconds")
        }
        guard let connection = object.integer("connection"), connection > 0 else {
            throw fault(number, "'connection' is to be a number from 1 up")
        }
        let time = Int64((elapsed * 1e9).rounded())
        let event = object.text("event")
        if event == "opened" { return try open(object, connection, number, at: time) }
        guard var conversation = conversations[connection] else {
            throw fault(number, "connection \(connection) was never opened")
        }
        guard let direction = object.text("direction").flatMap(RecordDirection.init) else {
            throw fault(number, "'direction' is to be 'up' or 'down'")
        }
        guard !conversation.isReset, !conversation.ended.contains(direction) || event == "reset" else {
            throw fault(number, "something happens on connection \(connection) after its end")
        }
        switch event {
        case "data":
            let bytes = try payload(object, number)
            try builder.append(bytes.span, isWhole: true, direction, of: conversation.index, at: time)
        case "end":
            conversation.ended.insert(direction)
            try builder.end(direction, of: conversation.index, at: time)
        case "reset":
            conversation.isReset = true
            try builder.reset(direction, of: conversation.index, at: time)
        default: throw fault(number, "'event' is to be 'opened', 'data', 'end' or 'reset'")
        }
        conversations[connection] = conversation
    }

    private mutating func open(
        _ object: JSONObject, _ connection: Int, _ number: Int, at time: Int64
    ) throws(MessageError) {
        guard let network = object.text("network").flatMap(Network.init(rawValue:)) else {
            throw fault(number, "'network' is to be the name of a network")
        }
        guard let client = object.text("client"), let target = object.text("target") else {
            throw fault(number, "'client' and 'target' are to say between whom it is")
        }
        guard conversations[connection] == nil else { throw fault(number, "connection \(connection) is opened twice") }
        let index = try builder.open(
            number: connection, client: client, target: target, hasDatagrams: network.kind == .datagram, at: time)
        conversations[connection] = Conversation(index: index)
    }

    private func payload(_ object: JSONObject, _ number: Int) throws(MessageError) -> [UInt8] {
        let bytes: [UInt8]
        switch (object.text("text"), object.text("base64")) {
        case (let text?, nil): bytes = Array(text.utf8)
        case (nil, let base64?):
            guard let decoded = Base64.decode(base64) else { throw fault(number, "'base64' is not base64") }
            bytes = decoded
        default: throw fault(number, "either 'text' or 'base64' is to have the bytes")
        }
        if let count = object.number("bytes"), count != Double(bytes.count) {
            throw fault(
                number,
                "'bytes' says \(Int(exactly: count).map { "\($0)" } ?? "\(count)"), and there are \(bytes.count)")
        }
        return bytes
    }

    private func fault(_ number: Int, _ text: String) -> MessageError {
        RecordingBuilder.fault(.malformed, "line \(number): \(text)")
    }
}
