/// Puts a recording together, happening by happening, within its limits.
struct RecordingBuilder: Sendable {
    let limits: RecordLimits
    private(set) var recording = Recording()
    private var first: Int64?
    private var last: Int64 = 0
    private var steps = 0

    init(_ limits: RecordLimits) {
        self.limits = limits
    }

    /// Begins a conversation, and returns which one it is for the calls that follow.
    mutating func open(
        number: Int? = nil, client: String, target: String, hasDatagrams: Bool, at time: Int64
    ) throws(MessageError) -> Int {
        let index = recording.conversations.count
        guard index < limits.conversations else {
            throw Self.fault(.tooLong, "it has more than \(limits.conversations) connections")
        }
        recording.conversations.append(
            Recording.Conversation(
                number: number ?? index + 1, client: client, target: target, hasDatagrams: hasDatagrams,
                start: moment(time)))
        return index
    }

    mutating func append(
        _ bytes: Span<UInt8>, isWhole: Bool, _ direction: RecordDirection, of index: Int, at time: Int64
    ) throws(MessageError) {
        let start = recording.bytes.count
        guard bytes.count <= limits.payload - start else {
            throw Self.fault(.tooLong, "it has more than \(limits.payload) bytes that went by")
        }
        recording.bytes.append(bytes)
        try add(.bytes(start..<start + bytes.count, isWhole: isWhole), direction, of: index, at: time)
    }

    mutating func end(_ direction: RecordDirection, of index: Int, at time: Int64) throws(MessageError) {
        try add(.end, direction, of: index, at: time)
    }

    mutating func reset(_ direction: RecordDirection, of index: Int, at time: Int64) throws(MessageError) {
        try add(.reset, direction, of: index, at: time)
    }

    private mutating func add(
        _ deed: Recording.Step.Deed, _ direction: RecordDirection, of index: Int, at time: Int64
    ) throws(MessageError) {
        steps += 1
        guard steps <= limits.steps else {
            throw Self.fault(.tooLong, "more than \(limits.steps) things happen in it")
        }
        recording.conversations[index].steps.append(
            Recording.Step(time: moment(time), direction: direction, deed: deed))
    }

    /// A moment counted from the record's beginning. A clock that was set back while it was made does not turn time round.
    private mutating func moment(_ time: Int64) -> Int64 {
        let start = first ?? time
        first = start
        let (moment, isTooLate) = time.subtractingReportingOverflow(start)
        last = max(last, isTooLate ? last : moment)
        return last
    }

    static func fault(_ kind: MessageError.Kind, _ text: String) -> MessageError {
        MessageError(kind, "record", text)
    }
}
