/// What came of a scan, in all.
public struct ScanResult: Sendable {
    /// How many places there were to try.
    public let targets: Int
    /// How many attempts were allowed at once.
    public let parallel: Int
    /// That is fewer than were asked for, since no more descriptors may be open.
    public let isCut: Bool
    public internal(set) var open = 0
    public internal(set) var refused = 0
    public internal(set) var filtered = 0
    /// Datagrams without an answer.
    public internal(set) var silent = 0
    /// What the kernel said of the places that are filtered, where it said anything.
    public internal(set) var reasons: [Errno: Int] = [:]
    /// What proxies said of the places that are filtered.
    public internal(set) var answers: [ProxyRefusal: Int] = [:]
    /// How often this machine had not what an attempt takes; each of these attempts was made again.
    public internal(set) var shortages: [Errno: Int] = [:]
    public internal(set) var elapsed = Duration.zero
    /// Why it could not go on.
    public internal(set) var failure: NetworkError?

    public init(targets: Int, parallel: Int, isCut: Bool = false) {
        self.targets = targets
        self.parallel = parallel
        self.isCut = isCut
    }

    /// How many places something is known of.
    public var scanned: Int { open + refused + filtered + silent }

    mutating func count(_ finding: ScanFinding) {
        switch finding.state {
        case .open: open += 1
        case .refused: refused += 1
        case .filtered: filtered += 1
        case .silent: silent += 1
        }
        guard finding.state == .filtered else { return }
        if let reason = finding.reason { reasons[reason, default: 0] += 1 }
        if let answer = finding.answer { answers[answer, default: 0] += 1 }
    }
}
