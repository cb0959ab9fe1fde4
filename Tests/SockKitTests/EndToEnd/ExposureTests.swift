import Glibc
import Testing

/// Who can reach what the program opens: this machine, unless the address says otherwise.
@Suite(.endToEnd, .needsSockctl) struct ExposureTests {
    @Test(arguments: [
        "listen 0", "listen -k 0", "listen -4 0", "listen -u 0", "listen --serve echo 0", "listen --serve proxy 0",
        "listen", "udp-recv 0", "udp-recv", "http-serve 0", "forward 0 127.0.0.1:9",
        "forward udp://0 udp://127.0.0.1:9", "backlog-probe --backlog 1 --dials 9 --timeout 1h",
    ])
    func `no socket that others could reach is open, where the address is a port alone or none`(
        line: String
    ) async throws {
        let isDatagram = line.contains("-u") || line.contains("udp")
        let program = try sockctl(line.split(separator: " ").map(String.init), input: .open)
        _ = try await program.boundPort(datagram: isDatagram)
        // A row may be missing of a table that changes while it is read.
        let open = try await eventually("row of a socket") {
            let open = addresses(of: program.pid)
            return open.isEmpty ? nil : open
        }
        #expect(open.allSatisfy(Self.loopback.contains), "\(line): \(open)")
    }

    /// 127.0.0.1 and ::1, as the kernel's tables have them.
    private static let loopback: Set<String> = ["0100007F", "00000000000000000000000001000000"]

    /// Where the sockets of a process are bound.
    private func addresses(of pid: pid_t) -> [String] {
        let inodes = Set(socketInodes(of: pid))
        return ["tcp", "tcp6", "udp", "udp6"].flatMap { name -> [String] in
            let bytes = (try? contents(of: "/proc/net/\(name)")) ?? []
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst().compactMap { row in
                let words = row.split(separator: " ")
                guard words.count > 9, let inode = Int(words[9]), inodes.contains(inode) else { return nil }
                return words[1].split(separator: ":").first.map(String.init)
            }
        }
    }

    @Test func `the line that says where it listens says who can connect`() async throws {
        for (address, reach) in [("0", "this machine only"), ("0.0.0.0:0", "every interface, IPv4 only")] {
            let server = try sockctl("http-serve", address)
            #expect(try await server.listening().line.contains("(\(reach))"))
        }
    }
}
