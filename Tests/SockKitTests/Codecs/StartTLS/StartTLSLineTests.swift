import Testing

@testable import SockKit

/// The protocols that speak in lines: SMTP, IMAP, POP3 and FTP.
@Suite struct StartTLSLineTests {
    // MARK: - SMTP

    @Test(arguments: [
        ("220 hi\r\n250-x\r\n250 starttls\r\n220 go\r\n", "agreed"),
        ("220\n250-x\n250 STARTTLS now\n220\n", "agreed"),
        ("220 hi\r\n250-STARTTLS\r\n250 HELP\r\n", "does not offer STARTTLS"),
        ("220 hi\r\n250 x\r\n", "does not offer STARTTLS"),
        ("220 hi\r\n250-x\r\n250 STARTTLSX\r\n", "does not offer STARTTLS"),
        ("554-no\r\n554 service.\r\n", "says: 554 no service"),
        ("220 hi\r\n502 5.5.1 what is EHLO?\r\n", "says: 502 5.5.1 what is EHLO?"),
        ("220 hi\r\n250-x\r\n250 STARTTLS\r\n454 TLS not available\r\n", "says: 454 TLS not available"),
        ("220 hi\r\n250-x\r\n250 STARTTLS\r\n421\r\n", "says: 421"),
    ])
    func `SMTP begins TLS where EHLO offers it and the command is taken`(text: String, outcome: String) {
        #expect(talk(SMTPPrelude(name: "x"), hearing: text).outcome == outcome)
    }

    @Test func `an SMTP server that does not offer it is not asked for it`() {
        let talked = talk(SMTPPrelude(name: "x"), hearing: "220 hi\r\n250 x\r\n220 injected\r\n")
        #expect(talked.texts == ["EHLO x\r\n"] && talked.outcome == "does not offer STARTTLS")
    }

    @Test(arguments: [
        ("250 hi\r\n", "smtp greeting: its code is 250, and 220 was to come"),
        ("220 hi\r\n220 hi\r\n", "smtp answer to EHLO: its code is 220, and 250 was to come"),
        (
            "220-a\r\n221 b\r\n",
            "smtp greeting: '221 b' is no line of a reply: three digits, the same on each, and text"
        ),
        ("220-a\r\n\r\n", "smtp greeting: '' is no line of a reply: three digits, the same on each, and text"),
        ("22\r\n", "smtp greeting: '22' is no line of a reply: three digits, the same on each, and text"),
        ("2200 a\r\n", "smtp greeting: '2200 a' is no line of a reply: three digits, the same on each, and text"),
        (
            "SSH-2.0-x\u{1b}[2J\r\n",
            "smtp greeting: 'SSH-2.0-x\\x1b[2J' is no line of a reply: three digits, the same on each, and text"
        ),
    ])
    func `what is no SMTP is told with what came`(text: String, outcome: String) {
        #expect(talk(SMTPPrelude(name: "x"), hearing: text).outcome == "message: malformed \(outcome)")
    }

    @Test func `a line may have 2048 bytes and no more`() {
        let long = "220 " + String(repeating: "x", count: 2043)
        #expect(talk(SMTPPrelude(name: "x"), hearing: long + "\r\n").texts == ["EHLO x\r\n"])
        #expect(
            talk(SMTPPrelude(name: "x"), hearing: long + "xy\r\n").outcome
                == "limit: smtp greeting: a line of it has no end within 2048 bytes")
    }

    // MARK: - IMAP

    @Test(arguments: [
        ("* ok\r\na1 ok\r\n", "agreed"), ("* OK hi\na1 OK [X] go\n", "agreed"),
        ("* PREAUTH welcome back\r\n", "greets with PREAUTH, and then TLS can no longer begin"),
        ("* BYE busy\r\n", "says: BYE busy"), ("* OK\r\n* BYE later\r\n", "says: BYE later"),
        ("* OK hi\r\na1 NO not now\r\n", "says: NO not now"),
        ("* OK hi\r\n* CAPABILITY X\r\na1 BAD what?\r\n", "says: BAD what?"),
        (
            "* HELLO\r\n", "message: malformed imap greeting: 'HELLO' is neither OK, PREAUTH nor BYE"
        ),
        ("a1 OK\r\n", "message: malformed imap greeting: 'a1 OK' begins with no asterisk"),
        (
            "* OK\r\na2 OK\r\n",
            "message: malformed imap answer to STARTTLS: 'a2 OK' begins with neither the command's tag nor an asterisk"
        ),
        (
            "* OK\r\na1 MAYBE\r\n",
            "message: malformed imap answer to STARTTLS: 'MAYBE' is neither OK, NO nor BAD"
        ),
        ("* OK\r\n+ go on\r\n", "message: malformed imap answer to STARTTLS: '+ go on' begins with neither"),
    ])
    func `IMAP begins TLS where the tagged answer is OK`(text: String, outcome: String) {
        #expect(talk(IMAPPrelude(), hearing: text).outcome.hasPrefix(outcome))
    }

    // MARK: - POP3

    @Test(arguments: [
        ("+ok\r\n+OK begin\r\n", "agreed"), ("-ERR busy\r\n", "says: -ERR busy"),
        ("+OK hi\r\n-ERR unknown command.\r\n", "says: -ERR unknown command"),
        ("+OK hi\r\n-ERR\r\n", "says: -ERR"),
        ("+OKAY\r\n", "message: malformed pop3 greeting: '+OKAY' begins with neither +OK nor -ERR"),
        ("* OK\r\n", "message: malformed pop3 greeting: '* OK' begins with neither +OK nor -ERR"),
    ])
    func `POP3 begins TLS where STLS is OK`(text: String, outcome: String) {
        #expect(talk(POP3Prelude(), hearing: text).outcome == outcome)
    }

    // MARK: - FTP

    @Test(arguments: [
        ("220 hi\r\n234 go\r\n", "agreed"), ("220-a\r\n220-b\r\n220\r\n234-x\r\n234 go\r\n", "agreed"),
        ("421 too many\r\n", "says: 421 too many"), ("220 hi\r\n502 no AUTH\r\n", "says: 502 no AUTH"),
        ("220 hi\r\n534-first\r\nsecond\r\n534 third\r\n", "says: 534 first second third"),
        ("230 hi\r\n", "message: malformed ftp greeting: its code is 230, and 220 was to come"),
        (
            "220 hi\r\n334 more\r\n",
            "message: malformed ftp answer to AUTH TLS: its code is 334, and 234 was to come"
        ),
        (
            "hello\r\n",
            "message: malformed ftp greeting: 'hello' is no line of a reply: three digits, the same on each, and text"
        ),
    ])
    func `FTP begins TLS where AUTH TLS is answered with 234`(text: String, outcome: String) {
        #expect(talk(FTPPrelude(), hearing: text).outcome == outcome)
    }
}
