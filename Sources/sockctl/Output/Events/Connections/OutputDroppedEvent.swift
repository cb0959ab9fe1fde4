struct OutputDroppedEvent: Event {
    static let name = "output-dropped"
    static let level = EventLevel.always
    static let summary = """
        So many of the bytes that were read were not written to standard output: the program was told to end, or failed, \
        while whoever reads there took nothing.
        """
    static let fields = [
        Field.bytes(\.bytes), Field("bytes_received", "How many bytes were read in all.", \.received),
    ]

    let bytes: Int
    let received: Int

    func text(on terminal: Terminal) -> String {
        "\(bytes) of \(received) bytes received were not written to standard output"
    }
}
