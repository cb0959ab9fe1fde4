struct OutputDroppedEvent: Event {
    static let name = "output-dropped"
    static let level = EventLevel.always
    static let summary = """
        So many bytes were not written to standard output or, of a copy or a record, to the file `path`: the program was \
        told to end, or failed, while whoever reads there took nothing.
        """
    static let fields = [
        Field.bytes(\.bytes), Field("bytes_received", "How many bytes were read in all.", \.received),
        Field("path", "The file, where it is one.", \.path),
    ]

    let bytes: Int
    /// Of standard output.
    var received: Int?
    /// Of a file.
    var path: String?

    func text(on terminal: Terminal) -> String {
        guard let path else {
            return "\(bytes) of \(received ?? bytes) bytes received were not written to standard output"
        }
        return "\(Quantity.count(bytes, "byte")) not written in time to \(terminal.paint(path, .address))"
    }
}
