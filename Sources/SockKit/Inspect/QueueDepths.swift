/// How many bytes wait in the kernel, on this side of a connection.
public struct QueueDepths: Sendable, Hashable {
    /// Arrived and not read yet (SIOCINQ); of datagrams, only the next one's.
    public let received: Int?
    /// Written and not acknowledged by the peer's kernel (SIOCOUTQ). On Unix sockets it counts the kernel's memory,
    /// which is more than the bytes.
    public let unacknowledged: Int?
    /// Of these, not even sent (SIOCOUTQNSD); TCP only.
    public let unsent: Int?
}

/// The sizes of a socket's buffers as the kernel has them: about twice what was asked for, its own needs included.
public struct BufferSizes: Sendable, Hashable {
    public let send: Int
    public let receive: Int
}

extension QueueDepths {
    /// SIOCINQ. Of Multipath TCP at its end it is 1, and there is nothing (mptcp_inq_hint in the kernel's net/mptcp).
    fileprivate static func received(by descriptor: Int32) throws(Errno) -> Int {
        let count = try FileCalls.queued(descriptor, .received)
        guard count == 1 else { return count }
        let protocolNumber = try SocketOption.protocolNumber.get(from: descriptor)
        guard SocketOption.protocolNumber.valueName(protocolNumber) == "IPPROTO_MPTCP",
            case .done(0) = try TransferCalls.peek(descriptor)
        else { return count }
        return 0
    }
}

extension Connection {
    /// What waits in the kernel now; nil once closed.
    public var queueDepths: QueueDepths? {
        guard let depths = descriptor.queueDepths else { return nil }
        guard isOpening else { return depths }
        return QueueDepths(
            received: depths.received, unacknowledged: unacknowledgedWhileOpening(depths), unsent: depths.unsent)
    }

    /// While a SYN is not answered SIOCOUTQ is 0, whatever went along with it; and in the end the SYN, where it was refused,
    /// is one byte more (tcp_ioctl in the kernel's net/ipv4/tcp.c).
    private func unacknowledgedWhileOpening(_ depths: QueueDepths) -> Int? {
        guard let info = tcpInfo, info.state == .synSent else { return depths.unacknowledged.map { max(0, $0 - 1) } }
        guard let sent = info.bytesSent, let again = info.bytesRetransmitted else { return depths.unacknowledged }
        return sent - again
    }

    public var bufferSizes: BufferSizes? { descriptor.bufferSizes }

    /// How many of the bytes written the peer's kernel has not acknowledged; nil if this is not TCP, or closed.
    ///
    /// Known after a reset too. SIOCOUTQ counts a FIN as a byte, always the last: here it is none.
    public var bytesUnacknowledged: Int? {
        guard network.isTCP, let queued = queueDepths?.unacknowledged else { return nil }
        return payload(amongLast: queued)
    }

    /// How many of the bytes written were not even sent: they cannot have arrived. nil if this is not TCP, or closed.
    public var bytesUnsent: Int? {
        guard network.isTCP, let queued = queueDepths?.unsent else { return nil }
        return payload(amongLast: queued)
    }

    /// Of what TLS has made of the bytes, what is carried by those: a record that is not whole is of no use to anybody.
    private func payload(amongLast queued: Int) -> Int {
        if let layer { return layer.payload(amongLast: queued) }
        return hasShutDown && !isOpening ? max(0, queued - 1) : queued
    }

    /// How many bytes could be read now without waiting; of datagrams, only the next one's.
    public var bytesWaiting: Int {
        descriptor.ask { number throws(Errno) in try QueueDepths.received(by: number) } ?? 0
    }
}

extension DatagramSocket {
    /// What waits in the kernel now; nil once closed.
    public var queueDepths: QueueDepths? { descriptor.queueDepths }
    public var bufferSizes: BufferSizes? { descriptor.bufferSizes }
}

extension PolledDescriptor {
    fileprivate var queueDepths: QueueDepths? {
        guard !isClosed else { return nil }
        func depth(_ queue: SocketQueue) -> Int? {
            ask { number throws(Errno) in try FileCalls.queued(number, queue) }
        }
        return QueueDepths(
            received: ask { number throws(Errno) in try QueueDepths.received(by: number) },
            unacknowledged: depth(.unacknowledged), unsent: depth(.unsent))
    }

    fileprivate var bufferSizes: BufferSizes? {
        ask { number throws(Errno) in
            BufferSizes(
                send: Int(try SocketOption.sendBuffer.get(from: number)),
                receive: Int(try SocketOption.receiveBuffer.get(from: number)))
        }
    }
}
