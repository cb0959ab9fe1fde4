import Glibc
import SockKit
import Testing

/// The files of a temporary directory, served to whoever asks here.
@Netpoller
final class FileSite {
    /// What came back.
    struct Answer: Sendable {
        let status: Int
        let fields: Fields
        let body: [UInt8]
        /// The connection was cut off in the middle.
        let wasBroken: Bool

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// In it `root` is what is served.
    let directory: TemporaryDirectory
    let site: HTTPSite

    init(
        _ rules: FileRules = FileRules(), otherwise: FileHandler.Otherwise? = nil,
        around: (any HTTPHandler) -> any HTTPHandler = { $0 }
    ) throws {
        directory = try TemporaryDirectory()
        let path = "\(directory.path)/root"
        guard unsafe mkdir(path, 0o755) == 0 else { throw HarnessError("mkdir") }
        let root = try FileRoot(ByteString(path))
        site = HTTPSite(around(FileHandler(root, rules, otherwise: otherwise)))
    }

    var root: String { "\(directory.path)/root" }

    /// Makes a file in the root, with the folders that it needs.
    func make(_ name: String, _ text: String = "") throws { try make(name, Array(text.utf8)) }

    func make(_ name: String, _ bytes: [UInt8]) throws {
        let folders = name.split(separator: "/").dropLast()
        for count in folders.indices {
            unsafe mkdir("\(root)/\(folders[...count].joined(separator: "/"))", 0o755)
        }
        try writeFile("\(root)/\(name)", bytes)
    }

    func link(_ name: String, to target: String) throws {
        guard unsafe symlink(target, "\(root)/\(name)") == 0 else { throw HarnessError("symlink") }
    }

    /// Sets when a file was changed, to a moment long ago if nothing else is said.
    func date(_ name: String, _ seconds: Int = 1_000_000_000, nanoseconds: Int = 0) {
        var times = [timespec](repeating: timespec(tv_sec: seconds, tv_nsec: nanoseconds), count: 2)
        _ = unsafe utimensat(AT_FDCWD, "\(root)/\(name)", &times, 0)
    }

    /// Makes a request on a connection of its own.
    func ask(
        _ target: String, _ method: String = "GET", _ fields: [String] = [], body: [UInt8]? = nil
    ) async throws -> Answer {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        for field in fields { head += field + "\r\n" }
        if let body { head += "Content-Length: \(body.count)\r\n" }
        let request = Array((head + "\r\n").utf8) + (body ?? [])
        let (bytes, wasBroken) = try await talk { client in try await client.write(request) }
        return try Self.parse(bytes, wasBroken)
    }

    /// Lets `speak` write to the server, and reads what it says until the end.
    func talk(_ speak: @Netpoller (Connection) async throws -> Void) async throws -> (bytes: [UInt8], wasBroken: Bool) {
        let pair = try await loopback()
        let site = site
        Netpoller.spawn {
            let conversation = HTTPConversation(pair.server, site)
            do {
                _ = try await conversation.run()
                pair.server.close()
            } catch {
                pair.server.reset()
            }
        }
        try await speak(pair.client)
        var bytes: [UInt8] = []
        var wasBroken = false
        do {
            while true {
                let chunk = try await pair.client.readChunk(maximum: nil)
                if chunk.isEnd { break }
                bytes += chunk.copy()
            }
        } catch {
            wasBroken = true
        }
        pair.client.close()
        return (bytes, wasBroken)
    }

    private static func parse(_ bytes: [UInt8], _ wasBroken: Bool) throws -> Answer {
        let found = ByteSearch.first(Array("\r\n\r\n".utf8), in: bytes.span)
        let end = try #require(found, "no head in: \(String(decoding: bytes.prefix(200), as: UTF8.self))")
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        let status = try #require(lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        var fields = Fields()
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            fields.append(String(parts[0]), String(parts[1]))
        }
        return Answer(status: status, fields: fields, body: Array(bytes[(end + 4)...]), wasBroken: wasBroken)
    }
}
