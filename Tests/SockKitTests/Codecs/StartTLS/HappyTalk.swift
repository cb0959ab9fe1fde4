@testable import SockKit

/// All that comes of a talk: what was said to the server, and how it ended.
struct Talked: Equatable {
    var said: [[UInt8]] = []
    var outcome = ""

    var texts: [String] { said.map { String(decoding: $0, as: UTF8.self) } }
}

/// Lets a prelude hear these bytes, so many at a time.
func talk(_ prelude: any StartTLSPrelude, hearing bytes: [UInt8], step: Int = .max) -> Talked {
    var talk = StartTLSTalk(prelude)
    var talked = Talked()
    func answer() {
        let said = talk.takeAnswer()
        if !said.isEmpty { talked.said.append(said) }
    }
    answer()
    var start = 0
    do throws(StartTLSFault) {
        while start < bytes.count {
            let piece = Array(bytes[start...].prefix(step))
            start += try talk.push(piece.span)
            answer()
        }
        talked.outcome = talk.isAgreed ? "agreed" : words(talk.end)
    } catch {
        talked.outcome = words(error)
    }
    return talked
}

func talk(_ prelude: any StartTLSPrelude, hearing text: String, step: Int = .max) -> Talked {
    talk(prelude, hearing: Array(text.utf8), step: step)
}

private func words(_ fault: StartTLSFault) -> String {
    switch fault {
    case .refused(let text): text
    case .message(let error): "\(error.code): \(error)"
    case .ended: "ended"
    }
}

/// A talk that comes to TLS: what the server says, and what it is told.
struct HappyTalk: Sendable, CustomStringConvertible {
    let description: String
    let prelude: any StartTLSPrelude
    let bytes: [UInt8]
    let said: [[UInt8]]

    init(_ name: String, _ prelude: any StartTLSPrelude, hearing text: String, saying said: String...) {
        self.init(name, prelude, hearing: Array(text.utf8), saying: said.map { Array($0.utf8) })
    }

    init(_ name: String, _ prelude: any StartTLSPrelude, hearing bytes: [UInt8], saying said: [[UInt8]]) {
        description = name
        self.prelude = prelude
        self.bytes = bytes
        self.said = said
    }

    private static let ldapRequest: [UInt8] =
        [0x30, 0x1d, 2, 1, 1, 0x77, 0x18, 0x80, 0x16] + Array("1.3.6.1.4.1.1466.20037".utf8)
    private static let mysqlRequest: [UInt8] =
        [32, 0, 0, 1, 0x00, 0x8a, 0, 0, 0, 0, 0, 1, 45] + [UInt8](repeating: 0, count: 23)

    static let all = [
        HappyTalk(
            "smtp", SMTPPrelude(name: "[127.0.0.1]"),
            hearing: "220-mail.example ESMTP\r\n220 ready\r\n"
                + "250-mail.example\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250 HELP\r\n220 2.0.0 go ahead\r\n",
            saying: "EHLO [127.0.0.1]\r\n", "STARTTLS\r\n"),
        HappyTalk(
            "imap", IMAPPrelude(),
            hearing: "* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n* OK by the way\r\na1 OK begin\r\n",
            saying: "a1 STARTTLS\r\n"),
        HappyTalk("pop3", POP3Prelude(), hearing: "+OK <1@x>\r\n+OK\r\n", saying: "STLS\r\n"),
        HappyTalk(
            "ftp", FTPPrelude(),
            hearing: "120 soon\r\n220-Welcome\r\n221 is a number of text\r\n\r\n 220 also\r\n220 here\r\n234 go\r\n",
            saying: "AUTH TLS\r\n"),
        HappyTalk(
            "postgres", PostgresPrelude(), hearing: [0x53], saying: [[0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]]),
        HappyTalk(
            "mysql", MySQLPrelude(), hearing: MySQLGreeting().bytes, saying: [mysqlRequest]),
        HappyTalk(
            "ldap", LDAPPrelude(), hearing: LDAPAnswer().bytes, saying: [ldapRequest]),
        HappyTalk(
            "xmpp", XMPPPrelude(host: "x.example"),
            hearing: XMPPText.header + XMPPText.features + "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
            saying: XMPPText.opening, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
    ]
}

/// The first packet of a MySQL server.
struct MySQLGreeting {
    var version: UInt8 = 10
    var number: UInt8 = 0
    var capabilities: [UInt8] = [0xff, 0xff]
    /// What stands behind the capabilities.
    var rest: [UInt8] = [45, 2, 0, 0xff, 0xdf, 21] + [UInt8](repeating: 0, count: 10)

    var bytes: [UInt8] {
        var payload = [version]
        payload += "8.4.0\0".utf8
        payload += [7, 0, 0, 0]
        payload += "saltsalt\0".utf8
        payload += capabilities
        payload += rest
        return Self.packet(payload, number: number)
    }

    static func packet(_ payload: [UInt8], number: UInt8 = 0) -> [UInt8] {
        [UInt8(payload.count & 0xff), UInt8(payload.count >> 8), 0, number] + payload
    }
}

/// What an LDAP server answers.
struct LDAPAnswer {
    var number: UInt8 = 1
    var code: UInt8 = 0
    var text = ""
    /// Lengths are of four bytes, as Active Directory writes them.
    var isWide = false

    var bytes: [UInt8] {
        var response = element(0x0a, [code])
        response += element(0x04, [])
        response += element(0x04, Array(text.utf8))
        response += element(0x8a, Array("1.3.6.1.4.1.1466.20037".utf8))
        return element(0x30, element(0x02, [number]) + element(0x78, response))
    }

    private func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let length = UInt8(content.count)
        let head: [UInt8] = isWide ? [tag, 0x84, 0, 0, 0, length] : [tag, length]
        return head + content
    }
}

/// What an XMPP server says, and what it is told first.
enum XMPPText {
    static let opening =
        "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'"
        + " to='x.example' version='1.0'>"
    static let header =
        "<?xml version='1.0'?>\n<stream:stream from='x.example' id=\"a'>b\" version='1.0' xml:lang='en'"
        + " xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
    static let features =
        "<stream:features>\n <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>"
        + "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>"
        + "</stream:features>"
}
