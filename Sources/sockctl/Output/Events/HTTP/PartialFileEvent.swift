struct PartialFileEvent: Event {
    static let name = "partial"
    static let level = EventLevel.always
    static let summary = "A body that ended too soon is kept in its file as far as it came."
    static let fields =
        [Field.bytes(\.bytes)] + [
            Field("path", "The file.", \.path),
            Field("length", "How long the whole would be, where that is known.", \.length),
        ]

    let path: String
    let bytes: Int
    var length: Int?
    /// The file begins with it, and has nothing else.
    var canGoOn = true

    func text(on terminal: Terminal) -> String {
        let part = length.map { "\(bytes) of \(Quantity.count($0, "byte"))" } ?? Quantity.count(bytes, "byte")
        let verb = bytes == 1 ? "is" : "are"
        let place = terminal.paint(path, .address)
        return "\(part) of it \(verb) in \(place)" + (canGoOn ? "; to go on with it, add --continue (-C -)" : "")
    }
}
