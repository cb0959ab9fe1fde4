import Testing

@testable import SockKit

@Suite struct CertificatePinTests {
    private let digits = String(repeating: "0aF", count: 21) + "1"

    @Test func `a pin is 64 digits, in either case, with or without colons`() throws {
        let pin = try #require(CertificatePin(digits))
        #expect(pin.bytes.count == 32 && pin.bytes[0] == 0x0a && pin.bytes[31] == 0xf1)
        #expect(pin.description == digits.lowercased())
        let parted = stride(from: 0, to: 64, by: 2).map { digits.dropFirst($0).prefix(2) }.joined(separator: ":")
        #expect(CertificatePin(parted) == pin)
    }

    @Test(arguments: [
        "", "00", String(repeating: "0", count: 65), String(repeating: "g", count: 64),
        "+0" + String(repeating: "0", count: 62), String(repeating: "0", count: 63) + " ",
    ])
    func `what has other than 64 digits is no pin`(text: String) {
        #expect(CertificatePin(text) == nil)
    }
}

@Suite struct ProtocolListTests {
    @Test func `each name has its length before it`() {
        #expect(ProtocolList(["h2", "http/1.1"]).wire == [2] + Array("h2".utf8) + [8] + Array("http/1.1".utf8))
    }

    @Test func `the first of a server's own that is offered is chosen`() {
        let own = ProtocolList(["h2", "http/1.1"])
        #expect(chosen(own, ["spdy", "http/1.1"]) == "http/1.1")
        #expect(chosen(own, ["http/1.1", "h2"]) == "h2")
        #expect(chosen(own, ["imap"]) == nil)
    }

    @Test func `an offer that is cut off has no more than what is whole`() {
        let offer: [UInt8] = [9, 104, 50]
        #expect(unsafe offer.withUnsafeBytes { unsafe ProtocolList(["h2"]).choice(from: $0) } == nil)
    }

    private func chosen(_ own: ProtocolList, _ names: [String]) -> String? {
        let offer = ProtocolList(names).wire
        return unsafe offer.withUnsafeBytes { unsafe own.choice(from: $0) }.map {
            String(decoding: offer[$0], as: UTF8.self)
        }
    }
}

@Suite struct TLSErrorStoryTests {
    private func story(
        _ reason: Int? = nil, hasEnded: Bool = false, isEstablished: Bool = false, isClient: Bool = true,
        said: String = ""
    ) -> TLSErrorStory {
        TLSErrorStory(
            errors: reason.map { [TLSLibraryError(code: 20 << 23 | UInt($0), text: "reason \($0)")] } ?? [],
            hasEnded: hasEnded, isEstablished: isEstablished, isClient: isClient, firstBytes: Array(said.utf8))
    }

    @Test func `plain text is told as such, with what was said and what may help`() {
        let mail = story(267, said: "220 mail.example ESMTP\r\n").failure
        #expect(mail.kind == .refused && mail.text.contains("220 mail.example ESMTP"))
        #expect(mail.hint == "try: --starttls smtp")
        #expect(story(267, said: "HTTP/1.1 400 Bad Request\r\n").failure.text.contains("HTTP/1.1 400"))
        #expect(
            story(156, isClient: false, said: "GET / HTTP/1.1\r\n").failure.text.contains("the client speaks no TLS"))
    }

    @Test func `an end is a cut in mid-stream, and says so before`() {
        #expect(story(294, hasEnded: true, isEstablished: true).failure.kind == .cutOff)
        #expect(story(294, hasEnded: true).failure.text.contains("before it said anything"))
        #expect(
            story(294, hasEnded: true, said: "\u{16}\u{3}\u{3}").failure.text.contains("in the middle of the handshake")
        )
    }

    @Test func `what the other side says against us is a refusal in words`() {
        #expect(story(1000 + 116, isEstablished: true).failure.text.contains("client certificate is wanted"))
        #expect(story(1000 + 70).failure.hint?.contains("--tls-min") == true)
        #expect(story(1000 + 48, isClient: false).failure.hint?.contains("--tls-pin") == true)
        #expect(story(1000 + 200).failure.text == "the server refuses: alert 200")
    }

    @Test func `a certificate that is not believed is about trust, an alert about ours is not`() {
        #expect(story(134).isAboutTrust)
        #expect(!story(1000 + 42).isAboutTrust)
    }

    @Test func `the reason's number is the same in both forms of a code`() {
        #expect(TLSLibraryError(code: 0x0A00_0086, text: "").reason == 134)
        #expect(TLSLibraryError(code: 0x1416_F086, text: "").reason == 134)
    }
}
