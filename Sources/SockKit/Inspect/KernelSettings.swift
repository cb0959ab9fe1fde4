/// The kernel's settings that decide how listening and dialling go, of the network namespace that the process is in.
public struct KernelSettings: Sendable, Hashable {
    /// net.core.somaxconn: the longest queue that listen(2) grants.
    public let maximumBacklog: Int?
    /// net.ipv4.tcp_max_syn_backlog, which many take for it.
    public let maximumHalfOpen: Int?
    /// net.ipv4.tcp_abort_on_overflow: reset a connection whose handshake ends at a full queue.
    public let abortsOnOverflow: Bool?
    /// net.ipv4.tcp_fastopen: with the bit 1 data is sent with a SYN, with the bit 2 it is taken.
    public let fastOpen: Int?
    /// net.ipv4.ip_local_port_range: what connect(2) chooses a port from.
    public let localPorts: ClosedRange<Int>?
    /// When a SYN without an answer is sent again; nil where the kernel does not tell.
    public let synSchedule: SYNSchedule?

    /// Reads them.
    public static var now: KernelSettings { KernelSettings() }

    private init() {
        maximumBacklog = SocketCalls.longestBacklog
        maximumHalfOpen = Self.integer("ipv4/tcp_max_syn_backlog")
        abortsOnOverflow = Self.integer("ipv4/tcp_abort_on_overflow").map { $0 != 0 }
        fastOpen = Self.integer("ipv4/tcp_fastopen")
        localPorts = Self.range("ipv4/ip_local_port_range")
        synSchedule = Self.integer("ipv4/tcp_syn_retries").map { retries in
            // Before Linux 6.5 there was no such setting, and no linear part.
            SYNSchedule(retries: retries, linearTimeouts: Self.integer("ipv4/tcp_syn_linear_timeouts") ?? 0)
        }
    }

    private static func range(_ name: String) -> ClosedRange<Int>? {
        guard let text = try? FileCalls.contents(of: "/proc/sys/net/\(name)") else { return nil }
        let bounds = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        return bounds.count == 2 && bounds[0] <= bounds[1] ? bounds[0]...bounds[1] : nil
    }

    private static func integer(_ name: String) -> Int? {
        guard let text = try? FileCalls.contents(of: "/proc/sys/net/\(name)") else { return nil }
        return Int(text.prefix { !$0.isWhitespace })
    }
}
