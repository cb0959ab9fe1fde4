extension DatagramSocket {
    /// How many datagrams the kernel has dropped because the receive buffer was full, in all; nil once closed.
    public var drops: Int? {
        descriptor.ask { number throws(Errno) in try SocketOption.receiveMemory(of: number).drops }
    }
}
