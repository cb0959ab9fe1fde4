import Glibc

/// A row of /proc/net/tcp, tcp6, udp or udp6.
struct SocketRow: Sendable {
    enum State: Int, Sendable {
        case established = 1, synSent, synReceived, finWait1, finWait2, timeWait, close, closeWait, lastAck, listen,
            closing
    }

    /// What the kernel waits for next.
    enum Timer: Int, Sendable {
        case retransmission = 1, keepAlive, timeWait, zeroWindow
    }

    var localPort: Int
    var remotePort: Int
    var state: State?
    var receiveQueue: Int
    var timer: Timer?
    var inode: Int
}

/// The rows of one of the kernel's socket tables.
///
/// Read as bytes: there may be thousands of rows, and a test that waits for one reads them again and again.
func socketTable(_ name: String) -> [SocketRow] {
    guard let bytes = try? contents(of: "/proc/net/\(name)") else { return [] }
    return bytes.split(separator: UInt8(ascii: "\n")).dropFirst().compactMap { line in
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 10)
        guard words.count > 9 else { return nil }
        return SocketRow(
            localPort: number(words[1].suffix(4), radix: 16), remotePort: number(words[2].suffix(4), radix: 16),
            state: .init(rawValue: number(words[3], radix: 16)), receiveQueue: number(words[4].suffix(8), radix: 16),
            timer: .init(rawValue: number(words[5].prefix(2), radix: 16)), inode: number(words[9], radix: 10))
    }
}

private func number(_ digits: ArraySlice<UInt8>, radix: Int) -> Int {
    digits.reduce(0) { $0 * radix + Int($1 & 0x0f) + ($1 > UInt8(ascii: "9") ? 9 : 0) }
}

/// The sockets that a process holds, by inode.
func socketInodes(of pid: pid_t) -> [Int] {
    openFiles(of: pid).compactMap { $0.hasPrefix("socket:[") ? Int($0.dropFirst(8).dropLast()) : nil }
}

/// What a process has open besides its three standard streams, in the kernel's words: `socket:[17]`, `anon_inode:[eventfd]`.
func openFiles(of pid: pid_t) -> [String] {
    let directory = "/proc/\(pid)/fd"
    return names(in: directory).filter { !["0", "1", "2"].contains($0) }.compactMap { name in
        var buffer = [CChar](repeating: 0, count: 256)
        guard unsafe readlink("\(directory)/\(name)", &buffer, buffer.count - 1) > 0 else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// The letter that the kernel has for a process's state: `T` is stopped.
func processState(of pid: pid_t) -> Character? {
    guard let bytes = try? contents(of: "/proc/\(pid)/stat") else { return nil }
    // The name, in parentheses, may contain anything; the state follows the last one.
    return String(decoding: bytes, as: UTF8.self).split(separator: ")").last?.first { $0 != " " }
}
