import Testing

@testable import SockKit

/// What holds of every protocol.
@Suite struct StartTLSTalkTests {
    @Test(arguments: HappyTalk.all)
    func `a server that agrees is told what the protocol wants, and then TLS begins`(happy: HappyTalk) {
        #expect(talk(happy.prelude, hearing: happy.bytes) == Talked(said: happy.said, outcome: "agreed"))
    }

    @Test(arguments: HappyTalk.all)
    func `however the bytes are cut, the same comes of them`(happy: HappyTalk) {
        for step in [1, 2, 3, 7, 64] {
            let talked = talk(happy.prelude, hearing: happy.bytes, step: step)
            #expect(talked == Talked(said: happy.said, outcome: "agreed"), "\(step) at a time")
        }
    }

    @Test(arguments: HappyTalk.all)
    func `plain text behind the agreement is refused, in the same read or in another`(happy: HappyTalk) {
        for step in [1, 5, happy.bytes.count, Int.max] {
            for text in ["\n", "220 injected\r\n", "\u{16}\u{3}\u{1}"] {
                let outcome = talk(happy.prelude, hearing: happy.bytes + Array(text.utf8), step: step).outcome
                #expect(outcome.hasPrefix("message: malformed \(happy.description) "))
                #expect(outcome.contains(": plain text follows it where TLS was to begin"))
            }
        }
    }

    @Test(arguments: HappyTalk.all)
    func `an end on the way is told with what it cut off`(happy: HappyTalk) {
        let none: [UInt8] = []
        #expect(talk(happy.prelude, hearing: none).outcome == "ended")
        for count in 1..<happy.bytes.count {
            let outcome = talk(happy.prelude, hearing: Array(happy.bytes.prefix(count))).outcome
            let isCut = outcome.hasPrefix("truncated: \(happy.description) ") && outcome.contains(": cut off after ")
            #expect(isCut || outcome == "ended", "\(count) bytes: \(outcome)")
        }
    }

    @Test func `where a message ends, the end of the stream cuts nothing off`() {
        let greeting = "220 ready\r\n"
        #expect(talk(SMTPPrelude(name: "x"), hearing: greeting).outcome == "ended")
        #expect(
            talk(SMTPPrelude(name: "x"), hearing: greeting + "2").outcome
                == "truncated: smtp answer to EHLO: cut off after 1 byte")
    }

    @Test func `a push stops where it is our turn, and leaves what follows`() throws {
        var talk = StartTLSTalk(POP3Prelude())
        let bytes = Array("+OK hello\r\n+OK go\r\n".utf8)
        let first = try talk.push(bytes.span)
        #expect(first == 11 && !talk.isAgreed)
        #expect(talk.takeAnswer() == Array("STLS\r\n".utf8) && talk.takeAnswer().isEmpty)
        let rest = Array(bytes.dropFirst(first))
        let second = try talk.push(rest.span)
        #expect(second == rest.count && talk.isAgreed)
    }

    @Test func `a server that never comes to an end is left after 65536 bytes`() {
        let note = "* OK still here\r\n"
        let notes = String(repeating: note, count: (64 << 10) / note.utf8.count + 1)
        for step in [1, 4096] {
            #expect(
                talk(IMAPPrelude(), hearing: "* OK\r\n" + notes, step: step).outcome
                    == "limit: imap answer to STARTTLS: with it the server has said more than 65536 bytes before TLS")
        }
        let lines = String(repeating: "220-and so on\r\n", count: 5000)
        #expect(talk(FTPPrelude(), hearing: lines).outcome.hasPrefix("limit: ftp greeting: "))
        let blanks = String(repeating: " ", count: 70_000)
        #expect(
            talk(XMPPPrelude(host: "x"), hearing: XMPPText.header + blanks).outcome.hasPrefix("limit: xmpp features: "))
    }

    @Test func `a server that answers the first words with TLS is known by it`() {
        let alert: [UInt8] = [0x15, 3, 3, 0, 2, 2, 70]
        let text = "these are the bytes of TLS, which is spoken there from the beginning"
        #expect(
            talk(PostgresPrelude(), hearing: alert).outcome
                == "message: malformed postgres answer to SSLRequest: \(text)")
        #expect(talk(LDAPPrelude(), hearing: alert).outcome.hasSuffix(text))
        #expect(talk(XMPPPrelude(host: "x"), hearing: alert).outcome.hasSuffix(text))
    }

    @Test func `whatever comes, all cuts give the same, and nothing traps`() {
        var generator = SeededGenerator(seed: 2595)
        for happy in HappyTalk.all {
            for round in 0..<200 {
                var bytes = happy.bytes
                if round.isMultiple(of: 4) {
                    bytes = (0..<100).map { _ in UInt8.random(in: 0...255, using: &generator) }
                }
                for _ in 0..<Int.random(in: 1...3, using: &generator) {
                    let place = Int.random(in: bytes.indices, using: &generator)
                    switch Int.random(in: 0...2, using: &generator) {
                    case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                    case 1: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
                    default: if bytes.count > 1 { bytes.remove(at: place) }
                    }
                }
                let step = Int.random(in: 1...9, using: &generator)
                #expect(
                    talk(happy.prelude, hearing: bytes).outcome
                        == talk(happy.prelude, hearing: bytes, step: step).outcome, "\(happy): \(bytes)")
            }
        }
    }
}
