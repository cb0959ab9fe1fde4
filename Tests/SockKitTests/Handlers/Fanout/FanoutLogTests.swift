import Testing

@testable import sockctl

/// The bytes that several readers share, against readers that each keep a copy of their own.
@Suite struct FanoutLogTests {
    /// Says a text by an author, who may be a reader.
    private func say(_ text: String, _ author: Int, _ log: inout FanoutLog, _ cursors: inout [FanoutLog.Cursor?]) {
        var nobody: FanoutLog.Cursor?
        if cursors.indices.contains(author) {
            log.append(author, &cursors[author]) { $0 += Array(text.utf8) }
        } else {
            log.append(author, &nobody) { $0 += Array(text.utf8) }
        }
    }

    private func read(_ most: Int, _ cursor: inout FanoutLog.Cursor, _ log: inout FanoutLog) -> String {
        guard let piece = log.next(&cursor, most: most) else { return "" }
        let taken = piece.range.prefix(most)
        log.advance(&cursor, by: taken.count)
        return String(decoding: piece.bytes[taken], as: UTF8.self)
    }

    @Test(arguments: 0..<40) func `each reader gets what the others said, in order, whatever its pace`(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var log = FanoutLog()
        var cursors: [FanoutLog.Cursor?] = (0..<4).map { log.cursor($0, prefix: Array("hello \($0);".utf8)) }
        var wanted = (0..<4).map { "hello \($0);" }
        var got = Array(repeating: "", count: 4)
        for step in 0..<400 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4:
                let author = Int.random(in: -1..<4, using: &random)
                let text = "\(step) by \(author)" + (Bool.random(using: &random) ? "\n" : ";")
                say(text, author, &log, &cursors)
                for reader in 0..<4 where reader != author { wanted[reader] += text }
            case 4: log.seal()
            default:
                let reader = Int.random(in: 0..<4, using: &random)
                got[reader] += read(Int.random(in: 1...50, using: &random), &cursors[reader]!, &log)
            }
            for reader in 0..<4 { #expect(log.waiting(cursors[reader]!) == wanted[reader].count - got[reader].count) }
            log.forget(before: cursors.map { $0!.place }.min { $0.block < $1.block }!)
        }
        log.seal()
        for reader in 0..<4 {
            while case let more = read(50, &cursors[reader]!, &log), more != "" { got[reader] += more }
            #expect(got[reader] == wanted[reader])
            #expect(cursors[reader]!.place == log.end)
        }
        log.forget(before: log.end)
        #expect(log.count == 0)
    }

    @Test(arguments: 0..<40) func `a reader that skips misses whole lines, the oldest, and no more than it must`(
        seed: Int
    ) {
        var random = SeededGenerator(seed: UInt64(seed))
        var log = FanoutLog()
        var cursors: [FanoutLog.Cursor?] = [log.cursor(0)]
        var wanted = ""
        for line in 0..<200 {
            let author = Int.random(in: 0..<3, using: &random)
            let text = "line \(line) by \(author)\n"
            say(text, author, &log, &cursors)
            if author != 0 { wanted += text }
            if Int.random(in: 0..<5, using: &random) == 0 { log.seal() }
        }
        log.seal()
        let before = read(Int.random(in: 1...300, using: &random), &cursors[0]!, &log)
        let most = Int.random(in: 0...2000, using: &random)
        let skipped = log.skip(&cursors[0]!, toLeave: most)
        var after = ""
        while case let more = read(64, &cursors[0]!, &log), more != "" { after += more }
        #expect(before.count + skipped + after.count == wanted.count)
        #expect(wanted.hasPrefix(before))
        // What had begun is finished; then come the last lines, whole.
        let begun = before.hasSuffix("\n") ? "" : String(after.prefix { $0 != "\n" }) + "\n"
        #expect(wanted.hasPrefix(before + begun))
        let rest = after.dropFirst(begun.count)
        #expect(rest.isEmpty || wanted.hasSuffix("\n" + rest) || skipped == 0)
        // Its own lines are among what is left, too.
        #expect(rest.count <= most)
    }

    @Test func `where nobody says newlines a part is a line`() {
        var log = FanoutLog(keepsMessages: true)
        var cursors: [FanoutLog.Cursor?] = [log.cursor(0)]
        for text in ["abc", "defg", "hi"] { say(text, 1, &log, &cursors) }
        log.seal()
        #expect(log.skip(&cursors[0]!, toLeave: 5) == 7)
        #expect(read(100, &cursors[0]!, &log) == "hi")
    }

    @Test func `a line that was read in pieces goes as a whole`() {
        for skipped in 1...12 {
            var log = FanoutLog()
            var cursors: [FanoutLog.Cursor?] = [log.cursor(0)]
            for text in ["on", "e\ntw", "o\nthr", "ee\n"] {
                say(text, 1, &log, &cursors)
                log.seal()
            }
            let begun = read(1, &cursors[0]!, &log)
            _ = log.skip(&cursors[0]!, toLeave: 14 - skipped)
            var rest = begun
            while case let more = read(100, &cursors[0]!, &log), more != "" { rest += more }
            #expect(["one\ntwo\nthree\n", "one\nthree\n", "one\n"].contains(rest), "\(skipped): \(rest)")
        }
    }

    @Test func `messages are given out one by one`() {
        var log = FanoutLog(keepsMessages: true)
        var cursors: [FanoutLog.Cursor?] = [log.cursor(0)]
        for text in ["one", "two", "three"] { say(text, 1, &log, &cursors) }
        log.seal()
        #expect((0..<4).map { _ in read(100, &cursors[0]!, &log) } == ["one", "two", "three", ""])
    }

    @Test func `whoever comes later gets what is given out later`() {
        var log = FanoutLog()
        var cursors: [FanoutLog.Cursor?] = []
        say("before", 7, &log, &cursors)
        log.seal()
        cursors = [log.cursor(0)]
        #expect(log.waiting(cursors[0]!) == 0)
        say("after", 7, &log, &cursors)
        log.seal()
        #expect(read(100, &cursors[0]!, &log) == "after")
    }

    @Test(arguments: 0..<20) func `what waits for a reader can be taken out, with nothing of its own`(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var log = FanoutLog()
        var cursors: [FanoutLog.Cursor?] = [log.cursor(0, prefix: Array("hello\n".utf8))]
        var wanted = "hello\n"
        for line in 0..<100 {
            let author = Int.random(in: 0..<3, using: &random)
            say("line \(line) by \(author)\n", author, &log, &cursors)
            if author != 0 { wanted += "line \(line) by \(author)\n" }
            if Int.random(in: 0..<5, using: &random) == 0 { log.seal() }
        }
        let before = read(Int.random(in: 1...300, using: &random), &cursors[0]!, &log)
        log.takeOut(&cursors[0]!)
        #expect(log.held(cursors[0]!) == 0 && cursors[0]!.own == 0)
        log.forget(before: log.end)
        #expect(log.count == 0)
        say("more", 1, &log, &cursors)
        log.seal()
        var after = ""
        while case let more = read(64, &cursors[0]!, &log), more != "" { after += more }
        #expect(before + after == wanted + "more")
    }
}
