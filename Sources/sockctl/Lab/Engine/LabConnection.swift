import SockKit

/// A connection of an experiment. Reads and writes return what Go's return: a count and an error.
@Netpoller
final class LabConnection {
    let connection: Connection
    let party: Party

    init(_ connection: Connection, of party: Party) {
        self.connection = connection
        self.party = party
    }

    private var stage: Stage { party.stage }
    /// When the deadline of reads was last set.
    private var deadlineSet: Deadline?

    /// Reads once, at most so many bytes.
    @discardableResult
    func read(_ room: Int = 512) async -> Reading {
        let place = party.isQuiet ? nil : stage.begin(party.lane, party.labelled("read(\(room))"))
        let start = Deadline.now
        var buffer = [UInt8](repeating: 0, count: room)
        var reading = Reading(room: room)
        do throws(NetworkError) {
            var span = buffer.mutableSpan
            reading.count = try await connection.read(into: &span)
            reading.bytes = Array(buffer.prefix(reading.count))
        } catch {
            reading.error = error
        }
        reading.took = .now - start
        reading.sinceDeadline = .now - (deadlineSet ?? start)
        if let place { stage.finish(place, reading.text, failed: reading.error != nil) }
        return reading
    }

    /// Reads until the end or an error, and says how many bytes there were, and what ended it.
    @discardableResult
    func readToEnd() async -> Reading {
        let place = party.isQuiet ? nil : stage.begin(party.lane, party.labelled("read to the end"))
        let start = Deadline.now
        var (bytes, last) = ([UInt8](), Reading(room: 65536))
        let quiet = LabConnection(connection, of: party.quiet)
        repeat {
            last = await quiet.read(65536)
            bytes += last.bytes
        } while last.count > 0
        last.took = .now - start
        let count = Quantity.bytes(bytes.count)
        if let place { stage.finish(place, "\(count), then \(last.text)", failed: last.error != nil) }
        last.bytes = bytes
        return last
    }

    /// Writes all of it, as `Conn.Write` does.
    @discardableResult
    func write(_ bytes: [UInt8], called name: String? = nil) async -> Writing {
        let text = name ?? (bytes.count < 40 ? "write(\(Reading.quoted(bytes)))" : "write(\(bytes.count) bytes)")
        let place = party.isQuiet ? nil : stage.begin(party.lane, party.labelled(text))
        let start = Deadline.now
        var writing = Writing(asked: bytes.count)
        do throws(NetworkError) {
            try await connection.write(bytes)
            writing.count = bytes.count
        } catch {
            writing.count = error.bytesTransferred
            writing.error = error
        }
        writing.took = .now - start
        if let place { stage.finish(place, writing.text, failed: writing.error != nil) }
        return writing
    }

    @discardableResult
    func write(_ text: String) async -> Writing { await write(Array(text.utf8)) }

    /// Sets the moment after which reads fail, this far from now; nil takes it away.
    func setReadDeadline(in span: Duration?, quietly: Bool = false) {
        let now = Deadline.now
        connection.readDeadline = span.map { now + $0 }
        deadlineSet = now
        if !quietly { party.note("SetReadDeadline(\(Self.moment(span)))") }
    }

    /// Sets the moment after which writes fail, this far from now; nil takes it away.
    func setWriteDeadline(in span: Duration?) {
        connection.writeDeadline = span.map { .now + $0 }
        party.note("SetWriteDeadline(\(Self.moment(span)))")
    }

    private static func moment(_ span: Duration?) -> String {
        span.map { "now + \(Quantity.duration($0))" } ?? "none"
    }

    func close() { party.system("close") { connection.close() } }

    /// Closes with a reset (SO_LINGER with no time).
    func reset() { party.system("SO_LINGER 0, close") { connection.reset() } }

    /// shutdown(2) of the writing side.
    @discardableResult
    func closeWrite() -> NetworkError? {
        shutdown("SHUT_WR") { () throws(NetworkError) in try connection.closeWrite() }
    }

    /// shutdown(2) of the reading side.
    @discardableResult
    func closeRead() -> NetworkError? { shutdown("SHUT_RD") { () throws(NetworkError) in try connection.closeRead() } }

    private func shutdown(_ how: String, _ body: () throws(NetworkError) -> Void) -> NetworkError? {
        let place = stage.begin(party.lane, party.labelled("shutdown(\(how))"))
        do throws(NetworkError) {
            try body()
            stage.finish(place, "ok")
            return nil
        } catch {
            stage.finish(place, Party.text(of: error), failed: true)
            return error
        }
    }
}

/// What a read gave.
struct Reading: Sendable {
    let room: Int
    var bytes: [UInt8] = []
    /// Of the last read.
    var count = 0
    var error: NetworkError?
    var took = Duration.zero
    /// How long after the deadline was set it ended: on a busy machine the read itself may begin somewhat later.
    var sinceDeadline = Duration.zero

    init(room: Int) { self.room = room }

    /// Whether it was the end of the stream.
    var isEnd: Bool { error == nil && count == 0 && room > 0 }

    /// What it read, as text.
    var string: String { String(decoding: bytes, as: UTF8.self) }

    /// The error's code, `EOF` at the end, and `nil` where all is well.
    var code: String { error?.code ?? (isEnd ? "EOF" : "nil") }

    var text: String {
        if let error { return Party.text(of: error) }
        if isEnd { return "EOF" }
        return count < 40 ? "\(count): \(Self.quoted(bytes))" : "\(count) bytes"
    }

    static func quoted(_ bytes: [UInt8]) -> String { "\"\(TextEscapes.show(bytes))\"" }
}

/// What a write gave.
struct Writing: Sendable {
    let asked: Int
    var count = 0
    var error: NetworkError?
    var took = Duration.zero

    init(asked: Int) { self.asked = asked }

    /// The error's code, and `nil` where all is well.
    var code: String { error?.code ?? "nil" }

    var text: String {
        guard let error else { return "\(count)" }
        return "\(count), \(Party.text(of: error))"
    }
}
