private import CLinux
private import Glibc

/// What getsockopt(TCP_INFO) told, in the kernel's names and units; nil where this kernel is too old to tell.
package struct KernelTCPInfo: Sendable {
    package let state, options: UInt8
    package let rto, snd_mss, rcv_mss, unacked, sacked, lost, rtt, rttvar, snd_cwnd, rcv_space, total_retrans: UInt32
    package let bytes_acked, bytes_received, delivery_rate, bytes_sent, bytes_retrans: UInt64?
    package let segs_out, segs_in, data_segs_out, notsent_bytes, min_rtt, snd_wnd: UInt32?

    fileprivate init(_ info: sk_tcp_info, length: Int) {
        // Older kernels fill a prefix of the structure: a field counts if its last byte was filled.
        func field<Value>(_ path: KeyPath<sk_tcp_info, Value>) -> Value? {
            let end = MemoryLayout<sk_tcp_info>.offset(of: path).map { $0 + MemoryLayout<Value>.size }
            return end.map { $0 <= length } == true ? info[keyPath: path] : nil
        }
        (state, options) = (info.state, info.options)
        (rto, snd_mss, rcv_mss) = (info.rto, info.snd_mss, info.rcv_mss)
        (unacked, sacked, lost) = (info.unacked, info.sacked, info.lost)
        (rtt, rttvar, snd_cwnd) = (info.rtt, info.rttvar, info.snd_cwnd)
        (rcv_space, total_retrans) = (info.rcv_space, info.total_retrans)
        (bytes_acked, bytes_received) = (field(\.bytes_acked), field(\.bytes_received))
        (bytes_sent, bytes_retrans) = (field(\.bytes_sent), field(\.bytes_retrans))
        (segs_out, segs_in) = (field(\.segs_out), field(\.segs_in))
        data_segs_out = field(\.data_segs_out)
        (notsent_bytes, delivery_rate) = (field(\.notsent_bytes), field(\.delivery_rate))
        (min_rtt, snd_wnd) = (field(\.min_rtt), field(\.snd_wnd))
    }
}

/// What TCP tells of a socket beyond options that are numbers.
package enum TCPInfoCalls {
    /// TCP_INFO, of a connection or a listening socket. The corresponding call is getsockopt(2).
    package static func information(of descriptor: Int32) throws(Errno) -> KernelTCPInfo {
        var info = sk_tcp_info()
        var length = UInt32(MemoryLayout<sk_tcp_info>.size)
        _ = try SystemCall.perform(
            "getsockopt", on: descriptor, arguments: "\(descriptor), IPPROTO_TCP, TCP_INFO, \(length) bytes"
        ) {
            unsafe Int(getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &info, &length))
        }
        return KernelTCPInfo(info, length: Int(length))
    }

    /// TCP_CONGESTION: the name of the congestion control, such as `cubic`.
    package static func congestionControl(of descriptor: Int32) throws(Errno) -> String {
        var name = [UInt8](repeating: 0, count: 16)
        var length = UInt32(name.count)
        _ = try SystemCall.perform(
            "getsockopt", on: descriptor, arguments: "\(descriptor), IPPROTO_TCP, TCP_CONGESTION, \(length) bytes"
        ) {
            unsafe Int(getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_CONGESTION, &name, &length))
        }
        return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Chooses the congestion control by name.
    package static func setCongestionControl(_ name: String, of descriptor: Int32) throws(Errno) {
        _ = try SystemCall.perform(
            "setsockopt", on: descriptor, arguments: "\(descriptor), IPPROTO_TCP, TCP_CONGESTION, \"\(name)\""
        ) {
            unsafe Int(
                setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_CONGESTION, name, UInt32(name.utf8.count)))
        }
    }

    /// Whether the connection is Multipath TCP, which its peer spoke too; false if it fell back to TCP, or never was.
    package static func isMultipath(_ descriptor: Int32) throws(Errno) -> Bool {
        do throws(Errno) { return try SocketOption.isMultipath.get(from: descriptor) != 0 } catch {
            guard error == .noSuchProtocolOption || error == .notSupported else { throw error }
        }
        // Before TCP_IS_MPTCP there was MPTCP_INFO, which after a fall-back is unknown or says so among its flags.
        var info = [UInt8](repeating: 0, count: 128)
        var length = UInt32(info.count)
        do throws(Errno) {
            _ = try SystemCall.perform(
                "getsockopt", on: descriptor, arguments: "\(descriptor), SOL_MPTCP, MPTCP_INFO, \(length) bytes"
            ) {
                unsafe Int(
                    getsockopt(descriptor, Int32(SK_SOL_MPTCP), Int32(SK_MPTCP_INFO), &info, &length))
            }
        } catch {
            guard error == .noSuchProtocolOption || error == .notSupported else { throw error }
            return false
        }
        // struct mptcp_info: six counters of one byte, two bytes of padding, then the flags, of which the lowest is
        // MPTCP_INFO_FLAG_FALLBACK.
        return length < 12 || info[8] & 1 == 0
    }
}
