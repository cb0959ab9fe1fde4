/// Fields as they go over the wire, checked and written once for many answers.
struct WrittenFields: Sendable {
    let lines: [UInt8]

    init(_ fields: Fields) throws(HTTPRefusal) {
        var writer = MessageWriter()
        try writer.append(fields)
        lines = writer.bytes
    }
}
