import Testing

@testable import SockKit

/// The protocols that speak in packets: PostgreSQL, MySQL and LDAP.
@Suite struct StartTLSPacketTests {
    // MARK: - PostgreSQL

    /// An error as a server of today sends it.
    private static func report(_ fields: String) -> [UInt8] {
        let content = Array(fields.utf8)
        return [0x45, 0, 0, UInt8((content.count + 4) >> 8), UInt8((content.count + 4) & 0xff)] + content
    }

    @Test func `PostgreSQL's server says yes or no in one byte`() {
        #expect(talk(PostgresPrelude(), hearing: "S").outcome == "agreed")
        #expect(talk(PostgresPrelude(), hearing: "N").outcome == "does not offer TLS")
        #expect(
            talk(PostgresPrelude(), hearing: "HTTP/1.1").outcome
                == "message: malformed postgres answer to SSLRequest: it is the byte 72, and neither S, N nor E")
    }

    @Test func `an error of PostgreSQL's is told with its message and code`() {
        let report = Self.report("SFATAL\0C53300\0Msorry, too many clients already\0\0")
        for step in [1, 7, Int.max] {
            #expect(
                talk(PostgresPrelude(), hearing: report, step: step).outcome
                    == "says: sorry, too many clients already (53300)")
        }
        #expect(talk(PostgresPrelude(), hearing: Self.report("Mno\0\0")).outcome == "says: no")
        #expect(
            talk(PostgresPrelude(), hearing: Self.report("SFATAL\0\0")).outcome == "refuses, and does not say why")
        #expect(
            talk(PostgresPrelude(), hearing: Self.report("Mno end")).outcome
                == "message: malformed postgres answer to SSLRequest: a field of its error message has no end")
    }

    @Test func `an error without a length is text up to a zero`() {
        #expect(
            talk(PostgresPrelude(), hearing: "Ecould not fork new process: no memory\n\0").outcome
                == "says: could not fork new process: no memory")
        let endless = "E" + String(repeating: "x", count: 3000)
        #expect(
            talk(PostgresPrelude(), hearing: endless).outcome
                == "limit: postgres answer to SSLRequest: its text has no end within 2048 bytes")
        let long: [UInt8] = [0x45, 0, 0, 0x60, 0]
        #expect(
            talk(PostgresPrelude(), hearing: long).outcome
                == "limit: postgres answer to SSLRequest: it has a length of 24576, beyond the limit of 8192 bytes")
    }

    // MARK: - MySQL

    @Test func `MySQL's request has the character set that the server offers`() {
        var greeting = MySQLGreeting()
        greeting.rest[0] = 8
        #expect(talk(MySQLPrelude(), hearing: greeting.bytes).said.first?[12] == 8)
        // A server of long ago ends its greeting there.
        greeting.rest = []
        let talked = talk(MySQLPrelude(), hearing: greeting.bytes)
        #expect(talked.outcome == "agreed" && talked.said.first?[12] == 45 && talked.said.first?.count == 36)
    }

    @Test func `a MySQL server that cannot do TLS is not asked for it`() {
        var greeting = MySQLGreeting()
        greeting.capabilities = [0xff, 0xf7]
        #expect(talk(MySQLPrelude(), hearing: greeting.bytes) == Talked(outcome: "does not offer TLS"))
    }

    @Test func `an error of MySQL's is told with its number`() {
        let plain: [UInt8] = [0xff, 0x69, 0x04] + Array("Host 'x' is blocked".utf8)
        #expect(
            talk(MySQLPrelude(), hearing: MySQLGreeting.packet(plain)).outcome
                == "says: error 1129: Host 'x' is blocked")
        let state: [UInt8] = [0xff, 0x10, 0x04] + Array("#08004Too many connections".utf8)
        #expect(
            talk(MySQLPrelude(), hearing: MySQLGreeting.packet(state, number: 1), step: 1).outcome
                == "says: error 1040: Too many connections")
        #expect(talk(MySQLPrelude(), hearing: MySQLGreeting.packet([0xff, 1, 0])).outcome == "says: error 1")
    }

    private static let broken: [(bytes: [UInt8], outcome: String)] = [
        (MySQLGreeting(version: 9).bytes, "it is of version 9 of the protocol, and 10 was to come"),
        (MySQLGreeting(number: 3).bytes, "its number is 3, and 0 was to come"),
        (MySQLGreeting.packet([10] + Array("8.4".utf8)), "the server's version in it has no end"),
        (MySQLGreeting.packet([10] + Array("8.4\0short".utf8)), "it ends before it says what the server can do"),
        (MySQLGreeting.packet([0xff, 1]), "it is an error, and ends before the error's number does"),
        ([0, 0, 0, 0], "it is empty"),
    ]

    @Test(arguments: broken.indices)
    func `what is no greeting of MySQL is refused in words`(index: Int) {
        let (bytes, outcome) = Self.broken[index]
        #expect(talk(MySQLPrelude(), hearing: bytes).outcome == "message: malformed mysql greeting: \(outcome)")
    }

    @Test func `a length beyond the limit is refused by its number alone`() {
        #expect(
            talk(MySQLPrelude(), hearing: "HTTP").outcome
                == "limit: mysql greeting: it has a length of 5526600, beyond the limit of 2048 bytes")
        let huge: [UInt8] = [0x30, 0x84, 0xff, 0xff, 0xff, 0xff]
        #expect(
            talk(LDAPPrelude(), hearing: huge).outcome
                == "limit: ldap answer to StartTLS: it has a length of 4294967301, beyond the limit of 16384 bytes")
    }

    // MARK: - LDAP

    @Test func `LDAP's lengths may be wide, and the answer may name no operation`() {
        #expect(talk(LDAPPrelude(), hearing: LDAPAnswer(isWide: true).bytes, step: 1).outcome == "agreed")
        let short: [UInt8] = [0x30, 0x0c, 2, 1, 1, 0x78, 7, 0x0a, 1, 0, 4, 0, 4, 0]
        #expect(talk(LDAPPrelude(), hearing: short).outcome == "agreed")
    }

    @Test func `a result of LDAP's other than 0 is told with its name and the server's words`() {
        #expect(
            talk(LDAPPrelude(), hearing: LDAPAnswer(code: 2, text: "unsupported extended operation").bytes).outcome
                == "says: result 2 (protocolError): unsupported extended operation")
        #expect(
            talk(LDAPPrelude(), hearing: LDAPAnswer(code: 52, text: "no certificate\0", isWide: true).bytes).outcome
                == "says: result 52 (unavailable): no certificate")
        #expect(talk(LDAPPrelude(), hearing: LDAPAnswer(code: 99).bytes).outcome == "says: result 99")
    }

    @Test func `a server that ends the connection has not agreed, whatever its result`() {
        #expect(
            talk(LDAPPrelude(), hearing: LDAPAnswer(number: 0, code: 51, text: "bye").bytes).outcome
                == "says: result 51 (busy): bye")
        #expect(talk(LDAPPrelude(), hearing: LDAPAnswer(number: 0).bytes).outcome == "says: result 0")
    }

    private static let malformed: [(bytes: [UInt8], outcome: String)] = [
        ([0x48], "its first byte is 72, and 48 was to come"),
        (LDAPAnswer(number: 2).bytes, "its number is 2, and 1 was to come"),
        ([0x30, 0x80], "a length in it is indefinite, or of more than 4 bytes"),
        ([0x30, 0x85], "a length in it is indefinite, or of more than 4 bytes"),
        ([0x30, 0], "it ends where an element of type 2 was to come"),
        ([0x30, 3, 2, 2, 1], "an element of type 2 is longer than what it stands in"),
        ([0x30, 2, 2, 0], "a number in it is missing, negative, or longer than 4 bytes"),
        ([0x30, 3, 2, 1, 0xff], "a number in it is missing, negative, or longer than 4 bytes"),
        ([0x30, 5, 2, 1, 1, 0x61, 0], "an element of type 97 stands where 120 was to come"),
        ([0x30, 8, 2, 1, 1, 0x78, 3, 0x0a, 1, 0], "it ends where an element of type 4 was to come"),
    ]

    @Test(arguments: malformed.indices)
    func `what is no answer of LDAP is refused in words`(index: Int) {
        let (bytes, outcome) = Self.malformed[index]
        for step in [1, Int.max] {
            #expect(
                talk(LDAPPrelude(), hearing: bytes, step: step).outcome
                    == "message: malformed ldap answer to StartTLS: \(outcome)")
        }
    }
}
