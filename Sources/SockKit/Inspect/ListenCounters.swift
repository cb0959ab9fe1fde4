/// How often the kernel had no room for a connection, since it started: of all listeners in the network namespace.
public struct ListenCounters: Sendable, Hashable {
    /// Connections that met a full accept queue (ListenOverflows).
    public let overflows: Int
    /// All that a listener dropped, these included (ListenDrops).
    public let drops: Int

    /// Reads them; nil where the kernel does not tell.
    public static var now: ListenCounters? {
        guard let text = try? FileCalls.contents(of: "/proc/net/netstat") else { return nil }
        return ListenCounters(netstat: text)
    }

    /// Those of the network that the calling thread is in, which may be its own.
    package static var ofThread: ListenCounters? {
        guard let text = try? FileCalls.contents(of: "/proc/thread-self/net/netstat") else { return nil }
        return ListenCounters(netstat: text)
    }

    /// The file has pairs of lines: names, then values, both behind the name of their group.
    init?(netstat text: String) {
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("TcpExt:") }.map { $0.split(separator: " ") }
        guard lines.count == 2 else { return nil }
        let values = Dictionary(zip(lines[0], lines[1]), uniquingKeysWith: { first, _ in first })
        guard let overflows = values["ListenOverflows"].flatMap({ Int($0) }),
            let drops = values["ListenDrops"].flatMap({ Int($0) })
        else { return nil }
        (self.overflows, self.drops) = (overflows, drops)
    }
}
