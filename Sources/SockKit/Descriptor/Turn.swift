/// The right to read, or to write, one descriptor: one holder at a time, the others in line.
///
/// It is what keeps two writers from interleaving inside a message (write(2) itself promises nothing of the kind).
/// Taking a free turn is setting `isHeld`.
@Netpoller
package struct Turn {
    package var isHeld = false
    private var line: [Parking] = []

    nonisolated package init() {}

    var hasLine: Bool { !line.isEmpty }

    /// A place at the end of the line: waking it with `.ready` hands the turn over.
    package mutating func queue() -> Parking {
        let place = Parking()
        line.append(place)
        return place
    }

    /// Gives a place up without having had the turn.
    mutating func leave(_ place: Parking) { line.removeAll { $0 === place } }

    /// Hands the turn to the first in line who still waits.
    package mutating func give() {
        while !line.isEmpty {
            if line.removeFirst().wake() { return }
        }
        isHeld = false
    }

    /// Sends everybody in line away.
    mutating func close() {
        for place in line { place.wake(.closed) }
        line = []
    }
}
