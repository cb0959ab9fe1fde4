import SockKit

struct MessageCutEvent: Event {
    static let name = "message-cut"
    static let level = EventLevel.always
    static let summary = "A message was longer than what was read of it, and the rest is gone."
    static let fields = [
        Field.remote(\.source), Field.bytes(\.bytes), Field("length", "How long it was.", \.length),
    ]

    let bytes: Int
    let length: Int
    var source: Endpoint?

    func text(on terminal: Terminal) -> String {
        "a message of \(length) bytes was cut to \(bytes)"
            + (source.map { ", from \($0.name?.printable ?? "an unnamed socket")" } ?? "")
    }
}
