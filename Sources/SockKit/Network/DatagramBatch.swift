/// Room for the datagrams that one call gives, and those that it gave.
///
/// One of these is used again and again: a batch is what there was, never what was waited for, so it delays nothing.
@Netpoller
public final class DatagramBatch {
    let vector: ReceiveVector
    /// What is kept of one datagram; a longer one is cut.
    public let room: Int
    private let isCoalesced: Bool
    private var entries: [Entry] = []

    private struct Entry {
        let message: Int
        let offset: Int
        /// As it was sent.
        let length: Int
    }

    /// The longest message that the kernel makes of a run of datagrams.
    private static let longestRun = 65535

    /// `hasControl` keeps what the kernel was asked to say beside each datagram; `coalesced` is for a socket whose runs
    /// of datagrams come as one (`DatagramSocket.coalesceRuns`).
    public init(capacity: Int = 64, room: Int = 65536, hasControl: Bool = false, coalesced: Bool = false) {
        self.room = room
        isCoalesced = coalesced
        vector = ReceiveVector(
            capacity: capacity, room: coalesced ? max(room, Self.longestRun) : room,
            hasControl: hasControl || coalesced)
        entries.reserveCapacity(capacity)
    }

    /// How many datagrams there are.
    public var count: Int { entries.count }

    /// How long a datagram was; more than the room if it was cut.
    public func length(of index: Int) -> Int { entries[index].length }

    /// How many of a datagram's bytes are here.
    public func byteCount(of index: Int) -> Int { min(entries[index].length, room) }

    public func source(of index: Int) -> Endpoint { vector.source(of: entries[index].message) }

    /// What the kernel said beside a datagram.
    package func control(of index: Int) -> DatagramControl { vector.control(of: entries[index].message) }

    /// Lends a datagram's bytes.
    public func withPayload<Result>(of index: Int, _ body: (Span<UInt8>) -> Result) -> Result {
        let entry = entries[index]
        return vector.withBytes(of: entry.message, from: entry.offset, count: min(entry.length, room), body)
    }

    /// Leaves out the datagrams of senders that are not wanted.
    public func keep(_ isWanted: (Endpoint) -> Bool) {
        entries.removeAll { !isWanted(vector.source(of: $0.message)) }
    }

    /// Adds the payloads of a range of datagrams to others, each followed by the separator.
    public func appendPayloads(_ range: Range<Int>, separator: [UInt8] = [], to output: inout [UInt8]) {
        for index in range {
            let entry = entries[index]
            vector.append(entry.message, from: entry.offset, count: min(entry.length, room), to: &output)
            if !separator.isEmpty { output.append(contentsOf: separator) }
        }
    }

    /// Holds a datagram that came another way, and no other.
    func hold(_ datagram: Span<UInt8>, from source: Endpoint) {
        entries.removeAll(keepingCapacity: true)
        // The address is one that a socket is connected to.
        guard (try? vector.hold(datagram, from: source, family: source.socketFamily)) != nil else { return }
        entries.append(Entry(message: 0, offset: 0, length: datagram.count))
    }

    /// One attempt to fill it; the result is how many messages came, which may each be several datagrams.
    func receive(_ number: Int32, limit: Int, through tunnel: DatagramTunnel?) throws(Errno) -> Attempt<Int> {
        entries.removeAll(keepingCapacity: true)
        let outcome = try vector.receive(number, limit: limit)
        guard case .done = outcome else { return outcome }
        for message in 0..<vector.count {
            let length = vector.length(of: message)
            if isCoalesced, let segment = vector.control(of: message).segment, segment > 0, segment < length {
                var offset = 0
                while offset < length {
                    entries.append(Entry(message: message, offset: offset, length: min(segment, length - offset)))
                    offset += segment
                }
            } else if let tunnel {
                let here = min(length, vector.room)
                guard let start = vector.withBytes(of: message, from: 0, count: here, { tunnel.payload(of: $0) }) else {
                    continue
                }
                entries.append(Entry(message: message, offset: start, length: length - start))
            } else {
                entries.append(Entry(message: message, offset: 0, length: length))
            }
        }
        return outcome
    }
}
