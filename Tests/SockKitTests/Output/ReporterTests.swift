import Glibc
import SockKit
import Testing

@testable import sockctl

@Suite struct ReporterTests {
    @Test func `without -v only what everybody must know is said`() throws {
        let names = try reported(ReporterSettings())
        #expect(
            names.errors == [
                "listening", "insecure", "certificate", "certificate", "reply", "dropped", "input-unfinished",
                "message-cut", "input-dropped", "input-dropped", "output-dropped", "output-dropped", "slow", "slow",
                "unanswered", "failed", "failed", "failed", "failed",
                "retrying", "disconnected", "reconnected", "peer-refused", "stopping", "stopping", "reports-lost",
                "target-down", "target-up", "difference", "summary",
            ])
    }

    @Test func `quiet leaves the errors`() throws {
        let settings = ReporterSettings(verbosity: 2, isQuiet: true, isTracing: true)
        #expect(try reported(settings).errors == ["insecure", "failed", "failed", "failed", "failed"])
    }

    @Test func `one -v leaves single reads and writes out, two do not`() throws {
        #expect(
            try Set(reported(ReporterSettings(verbosity: 1)).errors).isDisjoint(with: ["read", "wrote", "syscall"]))
        #expect(try Set(reported(ReporterSettings(verbosity: 2)).errors).isSuperset(of: ["read", "wrote"]))
    }

    @Test func `errors and traces never go to standard output`() throws {
        let names = try reported(ReporterSettings(isTracing: true, target: .standardOutput))
        #expect(names.errors == ["insecure", "failed", "failed", "failed", "failed", "head", "syscall"])
        #expect(names.output.first == "listening" && names.output.last == "summary")
    }

    @Test func `an object has the fields that all have, and its own`() throws {
        let text = try written(ReporterSettings(isJSON: true)) { $0.fail(EventSamples.reset, connection: 3) }.errors
        let object = try JSONValue(parsing: text)
        #expect(object["event"]?.string == "failed")
        #expect(object["time"]?.string?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/) != nil)
        #expect(object["elapsed"]?.number.map { $0 >= 0 && $0 < 60 } == true)
        #expect(object["connection"]?.integer == 3)
        #expect(object["remote"]?.string == "127.0.0.1:40112")
        #expect(object["bytes"]?.integer == 17)
        let error = try #require(object["error"])
        #expect(error["code"]?.string == "ECONNRESET")
        #expect(error["operation"]?.string == "write")
        #expect(error["message"]?.string == EventSamples.reset.description)
        #expect(Set(try #require(error.object).keys) == ["code", "operation", "call", "message", "hint"])
        #expect(text.hasPrefix("{\"event\":\"failed\",\"time\":"))
        #expect(text.hasSuffix("}\n"))
    }

    @Test func `every line of a report has its time`() throws {
        let text = try written(ReporterSettings(hasTimestamps: true)) { $0.fail(EventSamples.refused) }.errors
        let lines = text.split(separator: "\n")
        #expect(lines.count == 2)
        for line in lines { #expect(line.prefixMatch(of: #/\d\d:\d\d:\d\d\.\d{6} (sockctl|hint): /#) != nil) }
    }

    @Test func `a failure gives the status to end with`() throws {
        _ = try written(ReporterSettings()) { reporter in
            #expect(reporter.fail(EventSamples.refused) == .unavailable)
            #expect(reporter.fail(UsageError("no command")) == .usage)
        }
    }

    @Test func `a reader that is gone stops nothing`() throws {
        let (reader, writer) = try FileCalls.pipe()
        close(reader)
        signal(SIGPIPE, SIG_IGN)
        let reporter = Reporter(
            ReporterSettings(target: .standardOutput), standardOutput: writer, standardError: writer)
        #expect(!reporter.isTargetGone)
        reporter.report(InputUnfinishedEvent())
        #expect(reporter.isTargetGone)
        close(writer)
    }

    @Test func `a device that fails is no reader that has gone`() throws {
        // Nothing is mapped at its beginning.
        let broken = unsafe open("/proc/self/mem", O_WRONLY)
        defer { close(broken) }
        let reporter = Reporter(
            ReporterSettings(target: .standardOutput), standardOutput: broken, standardError: broken)
        reporter.report(SummaryEvent(measures: []))
        #expect(!reporter.isTargetGone)
        #expect(reporter.outputFailure == .inputOutput)
    }

    @Test func `an output that was never open is no reader that has had enough`() throws {
        // What stands in the place of a closed descriptor.
        let closed = unsafe open("/dev/null", O_RDONLY)
        defer { close(closed) }
        let reporter = Reporter(
            ReporterSettings(target: .standardOutput), standardOutput: closed, standardError: closed)
        reporter.report(SummaryEvent(measures: []))
        #expect(reporter.isTargetGone)
        #expect(reporter.outputFailure == .badFileDescriptor)
    }

    @Test func `a terminal that was hung up is a reader that has gone`() throws {
        // Glibc's module hides posix_openpt and what belongs to it.
        let (unlock, askNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
        var number: Int32 = 0
        let master = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY)
        try #require(unsafe ioctl(master, unlock, &number) == 0 && ioctl(master, askNumber, &number) == 0)
        let slave = unsafe open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        defer { close(slave) }
        let reporter = Reporter(ReporterSettings(target: .standardOutput), standardOutput: slave, standardError: slave)
        close(master)
        reporter.report(SummaryEvent(measures: []))
        #expect(reporter.isTargetGone)
        #expect(reporter.outputFailure == nil)
    }

    @Test func `failures that are alike are told once to people, and counted`() throws {
        let say = { (reporter: Reporter) in
            for number in 1...5 { reporter.fail(EventSamples.reset, connection: number) }
            reporter.report(UnansweredEvent(count: 2))
            reporter.fail(EventSamples.reset, connection: 6)
        }
        let text = try written(ReporterSettings(), say).errors
        let told = FailedEvent(Failure(EventSamples.reset)).text(on: Terminal(2, isTerminal: false, color: .never))
        #expect(text == "\(told)\n4 more like it\n2 submits unanswered\n\(told)\n")
        let objects = try written(ReporterSettings(isJSON: true), say).errors
        #expect(objects.split(separator: "\n").count == 7)
    }

    @Test func `a storm that ends is counted all the same`() async throws {
        let errors = try FileCalls.pipe()
        let reporter = Reporter(ReporterSettings(), standardOutput: 1, standardError: errors.writer)
        for _ in 1...3 { reporter.fail(EventSamples.reset) }
        await Netpoller.spawn { await reporter.finish() }.value
        close(errors.writer)
        #expect(lines(from: errors.reader).last == "2 more like it")
        close(errors.reader)
    }

    // MARK: - Lines that are written together

    @Test func `a program reads many reports at once, whole and in order`() async throws {
        let (reporter, reader) = try gathering()
        defer { close(reader) }
        for index in 1...200 { reporter.report(HeartbeatEvent(ends: EventSamples.ends, index: index, bytes: 1)) }
        await Netpoller.spawn { await reporter.finish() }.value
        let writes = packets(from: reader)
        #expect(writes.count < 20 && writes.allSatisfy { $0.utf8.count <= 4096 && $0.hasSuffix("}\n") })
        let indices = try writes.joined().split(separator: "\n").map {
            try JSONValue(parsing: String($0))["index"]?.integer
        }
        #expect(indices == Array(1...200))
    }

    @Test func `a report that cannot wait takes those before it along`() throws {
        let (reporter, reader) = try gathering()
        defer { close(reader) }
        reporter.report(AcceptedEvent(ends: EventSamples.ends))
        reporter.report(ListeningEvent(ends: EventSamples.ends))
        #expect(packets(from: reader).joined().contains(/"accepted".*\n.*"listening".*\n$/))
        reporter.report(AcceptedEvent(ends: EventSamples.ends))
        // Standard error may be the same file.
        reporter.fail(EventSamples.reset)
        #expect(packets(from: reader).map { $0.contains("\"accepted\"") } == [true, false])
    }

    @Test(.timeLimit(.minutes(5))) func `a report that nothing follows is not kept`() async throws {
        let (reporter, reader) = try gathering()
        defer { close(reader) }
        reporter.report(AcceptedEvent(ends: EventSamples.ends))
        let came = await onThread {
            var slot = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
            return unsafe poll(&slot, 1, 30_000)
        }
        #expect(came == 1 && packets(from: reader).count == 1)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a reader that is slow gets every line, whole and in order, and nobody waits for it`() async throws {
        let (reader, writer) = try FileCalls.pipe()
        let reporter = Reporter(ReporterSettings(verbosity: 2), standardOutput: 1, standardError: writer)
        // More than a pipe holds: were this to wait for the reader, it would wait for ever.
        let count = 3000
        for number in 1...count { reporter.report(ReadEvent(ends: EventSamples.ends, bytes: number, total: number)) }
        async let reading = onThread { lines(from: reader) }
        await Netpoller.spawn { await reporter.finish() }.value
        close(writer)
        let read = await reading
        close(reader)
        #expect(read.count == count)
        let numbers = read.compactMap { $0.firstMatch(of: /, .* in all/)?.output }
        #expect(numbers.map(String.init) == (1...count).map { ", \(Quantity.bytes($0)) in all" })
    }

    // MARK: - Means

    /// A reporter whose output is a program's input, and where each of its writes is a packet; errors go nowhere.
    private func gathering() throws -> (Reporter, reader: Int32) {
        var ends: [Int32] = [0, 0]
        try #require(unsafe socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &ends) == 0)
        // As much as a test says.
        var size = 1 << 20
        _ = unsafe setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        let settings = ReporterSettings(isJSON: true, target: .standardOutput)
        return (Reporter(settings, standardOutput: ends[0], standardError: ends[0]), ends[1])
    }

    /// What is there to be read, a text for each write.
    private func packets(from reader: Int32) -> [String] {
        var packets: [String] = []
        var room = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = unsafe recv(reader, &room, room.count, Int32(MSG_DONTWAIT)), count > 0 {
            packets.append(String(decoding: room[..<count], as: UTF8.self))
        }
        return packets
    }

    /// The names of the events that are said of all samples, by where.
    private func reported(_ settings: ReporterSettings) throws -> (errors: [String], output: [String]) {
        var settings = settings
        settings.isJSON = true
        // JSON implies -v, which is not what is looked at.
        let level = Reporter(settings, standardOutput: 1, standardError: 2)
        let asked = ReporterSettings(
            verbosity: settings.verbosity, isQuiet: settings.isQuiet, isTracing: settings.isTracing)
        let filter = Reporter(asked, standardOutput: 1, standardError: 2)
        let text = try written(level.settings) { reporter in
            for event in EventSamples.all where filter.isReported(type(of: event).level) { reporter.report(event) }
        }
        func names(_ text: String) throws -> [String] {
            try text.split(separator: "\n").compactMap { try JSONValue(parsing: String($0))["event"]?.string }
        }
        return (try names(text.errors), try names(text.output))
    }

    /// What a reporter wrote to its two descriptors.
    private func written(
        _ settings: ReporterSettings, _ body: (Reporter) throws -> Void
    ) throws -> (errors: String, output: String) {
        let (errors, output) = (try FileCalls.pipe(), try FileCalls.pipe())
        try body(Reporter(settings, standardOutput: output.writer, standardError: errors.writer))
        for end in [errors.writer, output.writer] { close(end) }
        defer { for end in [errors.reader, output.reader] { close(end) } }
        return (
            lines(from: errors.reader).map { "\($0)\n" }.joined(), lines(from: output.reader).map { "\($0)\n" }.joined()
        )
    }
}

/// All lines until the pipe's end, waiting for them.
private func lines(from reader: Int32) -> [String] {
    _ = fcntl(reader, F_SETFL, 0)
    var bytes: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 1024)
    while case let count = unsafe read(reader, &room, room.count), count > 0 { bytes += room[..<count] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
}
