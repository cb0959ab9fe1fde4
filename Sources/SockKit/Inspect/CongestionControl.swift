extension Connection {
    /// The name of the algorithm that decides how much may be under way, such as `cubic`; nil if this is not TCP, or closed.
    public var congestionControl: String? {
        guard network.isTCP else { return nil }
        return descriptor.ask { number throws(Errno) in try TCPInfoCalls.congestionControl(of: number) }
    }
}
