import Glibc
import Testing

/// What a sockctl that listens said about itself.
struct Listening: Sendable {
    /// The line as it was written.
    let line: String
    let port: Int
}

extension ChildProcess {
    /// Waits for sockctl's `listening` line or event and reads the port from it.
    func listening() async throws -> Listening {
        let line = try await waitForLine(containing: "listening")
        let address = line.hasPrefix("{") ? try JSONValue(parsing: line)["local"]?.string ?? "" : line
        return Listening(line: line, port: try #require(Self.port(in: address), "no port in: \(line)"))
    }

    /// Waits for the line with its port that a Python peer begins with.
    func port() async throws -> Int {
        let line = try await waitForLine(on: .out)
        return try #require(Int(line), "not a port: \(line)")
    }

    /// Waits until the program, whatever it is, has a socket that listens, or that receives datagrams.
    func boundPort(datagram: Bool = false) async throws -> Int {
        let pid = self.pid
        return try await eventually("port of \(name)") {
            // execve(2) wakes whoever waits for a vfork before it closes what is to be closed: until then our own sockets
            // are the child's, too. It has its command line after that.
            guard try !contents(of: "/proc/\(pid)/cmdline").isEmpty else { return nil }
            let inodes = Set(socketInodes(of: pid))
            let tables = datagram ? ["udp", "udp6"] : ["tcp", "tcp6"]
            return tables.lazy.flatMap(socketTable).first { row in
                inodes.contains(row.inode) && (datagram || row.state == .listen)
            }?.localPort
        }
    }

    /// The digits after the first colon that has a whole number after it: `127.0.0.1:80`, `[::1]:80`.
    static func port(in line: String) -> Int? {
        let ends = " \t,;)".utf8
        for (index, byte) in zip(line.utf8.indices, line.utf8) where byte == UInt8(ascii: ":") {
            let rest = line.utf8[line.utf8.index(after: index)...]
            let digits = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            guard !digits.isEmpty else { continue }
            if digits.endIndex == rest.endIndex || ends.contains(rest[digits.endIndex]) {
                return Int(Substring(digits))
            }
        }
        return nil
    }
}

/// Looks again and again until `look` finds something.
///
/// For what the kernel tells only to those who ask. The pause is between two looks; nothing is taken to have happened
/// because of it.
func eventually<Value>(
    _ what: String, within limit: Duration = patience, _ look: () throws -> Value?
) async throws -> Value {
    let deadline = SuspendingClock.now + limit
    while true {
        if let value = try look() { return value }
        guard .now < deadline else { throw HarnessError("no \(what) within \(limit)", ETIMEDOUT) }
        try await SuspendingClock().sleep(for: .milliseconds(5))
    }
}
