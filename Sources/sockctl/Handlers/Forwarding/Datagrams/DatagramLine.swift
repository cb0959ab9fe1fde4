import SockKit

/// Datagrams that cannot go yet, in their order; what is too much is not taken.
struct DatagramLine {
    private var datagrams: [[UInt8]] = []
    private var bytes = 0

    let mostDatagrams: Int
    let mostBytes: Int

    init(mostDatagrams: Int = 64, mostBytes: Int = 256 << 10) {
        self.mostDatagrams = mostDatagrams
        self.mostBytes = mostBytes
    }

    var isEmpty: Bool { datagrams.isEmpty }
    var count: Int { datagrams.count }

    /// Puts one at the end; false if there is no room for it.
    mutating func append(_ datagram: Span<UInt8>) -> Bool {
        guard datagrams.count < mostDatagrams, bytes + datagram.count <= mostBytes || isEmpty else {
            return false
        }
        datagrams.append(datagram.copied)
        bytes += datagram.count
        return true
    }

    /// Puts some at the beginning that had been in line before.
    mutating func putBack(_ first: [[UInt8]]) {
        datagrams.insert(contentsOf: first, at: 0)
        bytes += first.reduce(0) { $0 + $1.count }
    }

    /// Takes out as many from its beginning as are taken.
    mutating func drain(_ take: ([UInt8]) -> Bool) {
        let left = datagrams.firstIndex { !take($0) } ?? datagrams.count
        for datagram in datagrams[..<left] { bytes -= datagram.count }
        datagrams.removeFirst(left)
    }

    /// Gives all of them up; says how many that were.
    mutating func removeAll() -> Int {
        defer { (datagrams, bytes) = ([], 0) }
        return datagrams.count
    }
}
