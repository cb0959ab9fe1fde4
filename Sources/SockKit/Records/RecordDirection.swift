/// Which way bytes go between a client and the target that it was joined to.
public enum RecordDirection: String, Sendable, Hashable, CaseIterable {
    /// From the client to the target.
    case up
    /// From the target to the client.
    case down

    public var opposite: RecordDirection { self == .up ? .down : .up }
}
