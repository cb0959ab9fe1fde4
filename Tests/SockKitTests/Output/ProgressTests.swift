import Glibc
import SockKit
import Testing

@testable import sockctl

@Suite(.timeLimit(.minutes(5))) struct ProgressTests {
    @Test func `without a terminal --progress writes lines`() async throws {
        let (reader, writer) = try FileCalls.pipe()
        _ = fcntl(reader, F_SETFL, 0)
        let reporter = Reporter(ReporterSettings(showsProgress: true), standardOutput: 1, standardError: writer)
        let progress = await Progress(reporter, total: 4096, after: .zero)
        await progress.begin()
        await progress.tick(1024)
        let line = await onThread { firstLine(from: reader) }
        await progress.finish()
        #expect(line.hasPrefix("1.0 KiB  ") || line.hasPrefix("0 bytes  "))
        #expect(line.contains(" %"))
        close(reader)
        close(writer)
    }

    @Test func `nothing is drawn where nobody asked and no terminal is`() async throws {
        let (reader, writer) = try FileCalls.pipe()
        let silent = [
            ReporterSettings(), ReporterSettings(isJSON: true, showsProgress: true),
            ReporterSettings(isQuiet: true, showsProgress: true),
        ]
        for settings in silent {
            let reporter = Reporter(settings, standardOutput: 1, standardError: writer)
            let progress = await Progress(reporter, after: .zero)
            await progress.begin()
            await progress.tick(1)
            _ = await Netpoller.spawn { await Netpoller.sleep(until: .past) }.value
            await progress.finish()
        }
        close(writer)
        #expect(firstLine(from: reader).isEmpty)
        close(reader)
    }

    @Test func `a line that stands below is wiped before others are written`() throws {
        let (reader, writer) = try FileCalls.pipe()
        let sink = LineSink(writer, isTerminal: false) { _ in [] }
        sink.setStatus("50 %")
        sink.write { Array("listening\n".utf8) }
        sink.setStatus(nil)
        close(writer)
        _ = fcntl(reader, F_SETFL, 0)
        let wipe = "\r\u{1b}[K"
        #expect(firstLine(from: reader, until: 0) == "\(wipe)50 %\(wipe)listening\n50 %\(wipe)")
        close(reader)
    }
}

private func firstLine(from reader: Int32, until end: UInt8 = UInt8(ascii: "\n")) -> String {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while unsafe read(reader, &byte, 1) == 1, byte != end { bytes.append(byte) }
    return String(decoding: bytes, as: UTF8.self)
}
