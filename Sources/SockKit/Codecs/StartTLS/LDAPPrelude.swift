/// The extended operation StartTLS of LDAP (RFC 4511 section 4.14).
struct LDAPPrelude: StartTLSPrelude {
    private static let longest = 16 << 10
    private static let operation = Array("1.3.6.1.4.1.1466.20037".utf8)
    /// What the server's answer is known by.
    private static let number: UInt8 = 1

    // The types of the elements: a message, its number, what is asked and answered, and what the answer has.
    private static let (message, integer): (UInt8, UInt8) = (0x30, 0x02)
    private static let (request, requestName, response): (UInt8, UInt8, UInt8) = (0x77, 0x80, 0x78)
    private static let (enumerated, text): (UInt8, UInt8) = (0x0a, 0x04)

    /// What the server answers.
    private struct Answer {
        let number: Int
        let code: Int
        let diagnostic: ArraySlice<UInt8>
    }

    let subject = "ldap answer to StartTLS"
    private var bytes: [UInt8] = []

    init() {}

    var opening: [UInt8] {
        let name = Self.element(Self.requestName, Self.operation)
        return Self.element(
            Self.message, Self.element(Self.integer, [Self.number]) + Self.element(Self.request, name))
    }

    /// A short element.
    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        [tag, UInt8(content.count)] + content
    }

    mutating func take(_ byte: UInt8) throws(StartTLSFault) -> StartTLSStep {
        bytes.append(byte)
        guard bytes[0] == Self.message else {
            throw malformed("its first byte is \(bytes[0]), and \(Self.message) was to come")
        }
        guard let length = try length() else { return .more }
        guard length <= Self.longest else {
            throw tooLong("it has a length of \(length), beyond the limit of \(Self.longest) bytes")
        }
        guard bytes.count == length else { return .more }
        return try judge(try answer())
    }

    private func length() throws(StartTLSFault) -> Int? {
        do throws(BERReader.Fault) { return try BERReader.lengths(bytes[...])?.whole } catch {
            throw malformed(error.text)
        }
    }

    private func answer() throws(StartTLSFault) -> Answer {
        do throws(BERReader.Fault) {
            var whole = BERReader(bytes[...])
            var message = BERReader(try whole.next(Self.message))
            let number = try message.number(Self.integer)
            var response = BERReader(try message.next(Self.response))
            let code = try response.number(Self.enumerated)
            // The name that was found, which is none.
            _ = try response.next(Self.text)
            return Answer(number: number, code: code, diagnostic: try response.next(Self.text))
        } catch {
            throw malformed(error.text)
        }
    }

    private func judge(_ answer: Answer) throws(StartTLSFault) -> StartTLSStep {
        // A server that ends the connection says so in a message of its own, whose number is 0.
        guard answer.number == Int(Self.number) || answer.number == 0 else {
            throw malformed("its number is \(answer.number), and \(Self.number) was to come")
        }
        guard answer.code != 0 || answer.number == 0 else { return .agreed() }
        var words = Array(Self.words(of: answer.code).utf8)
        if !answer.diagnostic.isEmpty { words += ": ".utf8 }
        words += answer.diagnostic
        throw .says(words)
    }

    /// The name that the standard has for a result.
    private static func words(of code: Int) -> String {
        let name: String? =
            switch code {
            case 1: "operationsError"
            case 2: "protocolError"
            case 8: "strongerAuthRequired"
            case 10: "referral"
            case 11: "adminLimitExceeded"
            case 12: "unavailableCriticalExtension"
            case 13: "confidentialityRequired"
            case 51: "busy"
            case 52: "unavailable"
            case 53: "unwillingToPerform"
            case 80: "other"
            default: nil
            }
        return name.map { "result \(code) (\($0))" } ?? "result \(code)"
    }
}
