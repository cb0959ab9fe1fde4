/// What has arrived and is to be given later, in the order in which it came.
struct DelayQueue {
    enum Content {
        case bytes([UInt8], Range<Int>)
        /// A message, of which so many bytes were read; it is given whole.
        case message([UInt8], count: Int, length: Int)
        case end
        case failure(NetworkError)

        var count: Int {
            switch self {
            case .bytes(_, let range): range.count
            case .message(_, let count, _): count
            case .end, .failure: 0
            }
        }
    }

    struct Parcel {
        var content: Content
        let due: Deadline
    }

    private var parcels: [Parcel?] = []
    private var head = 0
    /// What they take in memory, more or less.
    private var cost = 0
    /// How many bytes are in it.
    private(set) var count = 0
    /// When the last one that came is due.
    private(set) var lastDue = Deadline.past

    /// No more than this is kept of one direction; who sends more waits.
    private static let most = 4 << 20
    private static let overhead = 128

    /// How many parcels are in it.
    var length: Int { parcels.count - head }
    var isEmpty: Bool { length == 0 }
    var isFull: Bool { cost >= Self.most }
    var first: Parcel? { isEmpty ? nil : parcels[head] }

    /// Adds something that is due then, and never before what came before it.
    mutating func append(_ content: Content, due: Deadline) {
        lastDue = max(lastDue, due)
        parcels.append(Parcel(content: content, due: lastDue))
        count += content.count
        cost += content.count + Self.overhead
    }

    mutating func removeFirst() {
        guard let parcel = first else { return }
        count -= parcel.content.count
        cost -= parcel.content.count + Self.overhead
        parcels[head] = nil
        head += 1
        if head == parcels.count || head >= 1024 && head * 2 >= parcels.count {
            parcels.removeFirst(head)
            head = 0
        }
    }

    /// Takes so many bytes off the first one, which has more.
    mutating func dropFirst(_ gone: Int) {
        guard case .bytes(let buffer, let range) = first?.content else { return }
        parcels[head]?.content = .bytes(buffer, range.dropFirst(gone))
        count -= gone
        cost -= gone
    }
}
