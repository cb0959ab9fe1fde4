/// What a listener does with a peer.
enum ServeMode: String, CaseIterable, Sendable {
    case pipe, echo, discard, chargen, time, frames
}
