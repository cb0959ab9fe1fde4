/// The lists of all TCP sockets of the network namespace as files (proc(5)), for where netlink is forbidden.
enum ProcNetTCP {
    /// What waits to be accepted on a port: these files tell a queue's length but not its limit.
    static func listeningQueue(_ port: UInt16) -> ListeningQueue? {
        let found = ["tcp", "tcp6"].flatMap { rows($0).filter { $0.isListening(on: port) } }
        return found.isEmpty ? nil : ListeningQueue(length: found.reduce(0) { $0 + $1.received }, limit: nil)
    }

    /// The bytes that wait to be read from the socket with these ends; nil where there is none. An IPv4 connection is listed
    /// as either family's.
    static func received(near: (IPAddress, UInt16), far: (IPAddress, UInt16)) -> Int? {
        if near.0.family == .v4, let row = rows("tcp").first(where: { $0.has(near, far, text) }) { return row.received }
        return rows("tcp6").first { $0.has(near, far, wideText) }?.received
    }

    private static func rows(_ name: String) -> [Row] {
        rows(of: (try? FileCalls.contents(of: "/proc/net/\(name)")) ?? "")
    }

    static func rows(of table: String) -> [Row] {
        table.split(separator: "\n").dropFirst().compactMap(Row.init)
    }

    /// A line: its number, the ends as `HEX:PORT`, the state, and the queues as `TX:RX`.
    struct Row {
        private let local: Substring
        private let remote: Substring
        private let state: Substring
        /// Bytes that wait to be read; of a socket that listens, connections that wait to be accepted.
        let received: Int

        init?(_ line: Substring) {
            let words = line.split(separator: " ", maxSplits: 5)
            guard words.count > 4, let received = words[4].split(separator: ":").last.flatMap({ Int($0, radix: 16) })
            else { return nil }
            (local, remote, state) = (words[1], words[2], words[3])
            self.received = received
        }

        func isListening(on port: UInt16) -> Bool {
            state == "0A" && local.split(separator: ":").last.flatMap { UInt16($0, radix: 16) } == port
        }

        func has(
            _ near: (IPAddress, UInt16), _ far: (IPAddress, UInt16), _ text: (IPAddress, UInt16) -> String
        ) -> Bool {
            local == text(near.0, near.1) && remote == text(far.0, far.1)
        }
    }

    // MARK: - Ends as the kernel prints them

    /// Each 32-bit word of the address in the machine's order, the port in the network's.
    private static func text(_ address: IPAddress, _ port: UInt16) -> String {
        "\(hexadecimal(UInt64(address.unmapped.v4Bits.bigEndian), 8)):\(hexadecimal(UInt64(port), 4))"
    }

    private static func wideText(_ address: IPAddress, _ port: UInt16) -> String {
        let words = [96, 64, 32, 0].map { UInt32(truncatingIfNeeded: address.v6Bits >> UInt128($0)).bigEndian }
        return words.map { hexadecimal(UInt64($0), 8) }.joined() + ":" + hexadecimal(UInt64(port), 4)
    }

    private static func hexadecimal(_ value: UInt64, _ width: Int) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
