extension DatagramSocket {
    /// How many datagrams the kernel has dropped because the receive buffer was full, in all; nil once closed.
    public var drops: Int? { descriptor.drops }
}

extension Connection {
    /// How many datagrams the kernel has dropped because the receive buffer was full, in all; nil once closed, and of a
    /// stream, of which what is dropped is sent again.
    public var drops: Int? { network.kind == .stream ? nil : descriptor.drops }
}

extension PolledDescriptor {
    fileprivate var drops: Int? {
        ask { number throws(Errno) in try SocketOption.receiveMemory(of: number).drops }
    }
}
