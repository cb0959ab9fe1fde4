/// What the kernel knows of a TCP connection. The corresponding option is TCP_INFO, tcp(7).
///
/// What is nil this kernel does not tell: it is older than the field.
public struct TCPInfo: Sendable, Hashable {
    public let state: State
    /// Data travelled with the SYN and was acknowledged with it (RFC 7413).
    public let usedFastOpen: Bool
    /// The smoothed round-trip time.
    public let roundTrip: Duration
    public let roundTripVariance: Duration
    /// The shortest seen in the last minutes.
    public let minimumRoundTrip: Duration?
    /// How long an acknowledgement is waited for before its segment is sent again.
    public let retransmissionTimeout: Duration
    /// Segments that were sent again, over the connection's life.
    public let retransmits: Int
    public let segmentsSent: Int?
    public let segmentsReceived: Int?
    /// Of those that were sent, with data in them.
    public let dataSegmentsSent: Int?
    /// The largest segment that is sent, without headers.
    public let sendMSS: Int
    public let receiveMSS: Int
    /// In segments.
    public let congestionWindow: Int
    /// Segments that are sent and not acknowledged; of a listening socket, connections that wait to be accepted.
    public let unacknowledged: Int
    /// Segments acknowledged out of order; of a listening socket, the limit of its queue.
    public let selectivelyAcknowledged: Int
    public let lost: Int
    /// Including the two of the handshake and the end that count as one byte each.
    public let bytesAcknowledged: Int?
    public let bytesReceived: Int?
    /// With what was sent again.
    public let bytesSent: Int?
    public let bytesRetransmitted: Int?
    /// Bytes that wait to be sent for the first time.
    public let notSentBytes: Int?
    /// What the peer last said it could take.
    public let sendWindow: Int?
    /// What the kernel holds the application to read at a time, by which it sizes the window.
    public let receiveSpace: Int
    /// Bytes a second, as measured last.
    public let deliveryRate: Int?

    init(_ raw: KernelTCPInfo) {
        state = State(rawValue: raw.state) ?? .closed
        // TCPI_OPT_SYN_DATA, <linux/tcp.h>.
        usedFastOpen = raw.options & 32 != 0
        roundTrip = .microseconds(Int(raw.rtt))
        roundTripVariance = .microseconds(Int(raw.rttvar))
        // The kernel's word for "none yet" is the largest number.
        minimumRoundTrip = raw.min_rtt.flatMap { $0 == .max ? nil : .microseconds(Int($0)) }
        retransmissionTimeout = .microseconds(Int(raw.rto))
        retransmits = Int(raw.total_retrans)
        segmentsSent = raw.segs_out.map(Int.init)
        segmentsReceived = raw.segs_in.map(Int.init)
        dataSegmentsSent = raw.data_segs_out.map(Int.init)
        (sendMSS, receiveMSS) = (Int(raw.snd_mss), Int(raw.rcv_mss))
        congestionWindow = Int(raw.snd_cwnd)
        (unacknowledged, selectivelyAcknowledged, lost) = (Int(raw.unacked), Int(raw.sacked), Int(raw.lost))
        bytesAcknowledged = raw.bytes_acked.map(Int.init(clamping:))
        bytesReceived = raw.bytes_received.map(Int.init(clamping:))
        bytesSent = raw.bytes_sent.map(Int.init(clamping:))
        bytesRetransmitted = raw.bytes_retrans.map(Int.init(clamping:))
        notSentBytes = raw.notsent_bytes.map(Int.init)
        sendWindow = raw.snd_wnd.map(Int.init)
        receiveSpace = Int(raw.rcv_space)
        deliveryRate = raw.delivery_rate.map(Int.init(clamping:))
    }

    /// The states of TCP, under the kernel's numbers.
    public enum State: UInt8, Sendable, CustomStringConvertible {
        case established = 1
        case synSent, synReceived, finWait1, finWait2, timeWait, closed, closeWait, lastAcknowledgement, listening
        case closing, newSynReceived

        /// The name that ss(8) prints.
        public var description: String {
            switch self {
            case .established: "ESTAB"
            case .synSent: "SYN-SENT"
            case .synReceived, .newSynReceived: "SYN-RECV"
            case .finWait1: "FIN-WAIT-1"
            case .finWait2: "FIN-WAIT-2"
            case .timeWait: "TIME-WAIT"
            case .closed: "CLOSE"
            case .closeWait: "CLOSE-WAIT"
            case .lastAcknowledgement: "LAST-ACK"
            case .listening: "LISTEN"
            case .closing: "CLOSING"
            }
        }
    }
}

extension Connection {
    /// What the kernel knows of this connection now; nil if it is not TCP, or closed.
    public var tcpInfo: TCPInfo? { network.isTCP ? descriptor.tcpInfo : nil }
}

extension Connection {
    /// Whether Multipath TCP carries this connection: both ends speak it. False for any other connection; nil once closed.
    public var isMultipath: Bool? {
        guard network.isTCP else { return false }
        return descriptor.ask { number throws(Errno) in try TCPInfoCalls.isMultipath(number) }
    }
}

extension Listener {
    /// How many connections wait to be accepted, and the limit; nil if this is not TCP, or closed.
    ///
    /// The limit is the backlog as net.core.somaxconn cut it. One more than it can wait.
    public var acceptQueue: (length: Int, limit: Int)? {
        guard network.isTCP, let info = descriptor.tcpInfo else { return nil }
        return (info.unacknowledged, info.selectivelyAcknowledged)
    }
}

extension PolledDescriptor {
    fileprivate var tcpInfo: TCPInfo? {
        ask { number throws(Errno) in try TCPInfoCalls.information(of: number) }.map(TCPInfo.init)
    }

    /// What the kernel answers; nil if it refuses, or the descriptor is closed.
    func ask<Value>(_ question: (Int32) throws(Errno) -> Value) -> Value? {
        try? withNumber(question)
    }
}
