import Glibc
import SockKit
import Testing

@testable import sockctl

@Suite(.timeLimit(.minutes(5))) struct TracerTests {
    @Test func `calls are traced, the printing of them is not`() async throws {
        let (reader, writer) = try FileCalls.pipe()
        let reporter = Reporter(
            ReporterSettings(isJSON: true, isTracing: true), standardOutput: 1, standardError: writer)
        reporter.startTracing()
        _ = try FileCalls.identity(of: writer)
        _ = try? FileCalls.identity(of: -17)
        SystemCall.unwatch { ($0 as? Tracer)?.reporter === reporter }
        await Netpoller.spawn { await reporter.finish() }.value
        close(writer)
        _ = fcntl(reader, F_SETFL, 0)
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 4096)
        while case let count = unsafe read(reader, &room, room.count), count > 0 { bytes += room[..<count] }
        close(reader)
        // Other tests of this process make calls too, at the same time.
        let records = try String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
            try JSONValue(parsing: String($0))
        }
        func record(_ call: String, _ arguments: String) -> JSONValue? {
            records.first { $0["call"]?.string == call && $0["arguments"]?.string == arguments }
        }
        #expect(record("fstat", "\(writer)")?["result"]?.integer == 0)
        #expect(record("fstat", "-17")?["errno"]?.string == "EBADF")
        #expect(
            !records.contains {
                $0["call"]?.string == "write" && $0["arguments"]?.string?.hasPrefix("\(writer), ") == true
            })
    }
}
