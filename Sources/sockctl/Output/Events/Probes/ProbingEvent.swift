import SockKit

struct ProbingEvent: Event {
    static let name = "probing"
    static let level = EventLevel.verbose
    static let summary = "A write-block-probe begins, with these buffers: as asked for, and as granted."
    static let fields =
        Field.ends(\.ends) + [
            Field("chunk", "How many bytes each write is given.", \.setup.chunk),
            Field("own_peer", "Whether the peer is the probe's own.", \.setup.hasOwnPeer),
        ] + Field.buffers(\.setup.buffers)

    let ends: Ends
    let setup: WriteBlockEvent.Setup

    func text(on terminal: Terminal) -> String {
        let place = setup.remote == .unix(.unnamed) ? "the peer" : setup.remote.description
        return terminal.wrap(
            "writing \(setup.chunk) bytes at a time to \(terminal.paint(place, .address)) (\(setup.network)"
                + (setup.hasOwnPeer ? ", a peer of our own)" : ")") + "\n  buffers: "
                + setup.buffers.text(isTCP: setup.network.isTCP))
    }
}
