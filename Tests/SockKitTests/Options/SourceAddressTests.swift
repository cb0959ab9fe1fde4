import Testing

@testable import sockctl

@Suite struct SourceAddressTests {
    @Test(arguments: [
        ("127.0.0.1", SourceAddress(host: "127.0.0.1", port: nil)),
        ("127.0.0.1:3001", SourceAddress(host: "127.0.0.1", port: 3001)),
        ("::1", SourceAddress(host: "::1", port: nil)), ("[::1]", SourceAddress(host: "::1", port: nil)),
        ("[::1]:3001", SourceAddress(host: "::1", port: 3001)), (":3001", SourceAddress(host: "", port: 3001)),
        ("localhost", SourceAddress(host: "localhost", port: nil)),
    ])
    func `a source is a host, a port, or both`(text: String, wanted: SourceAddress) throws {
        #expect(try SourceAddress(Word(text)) == wanted)
    }

    @Test func `a bare number is no host, and told how a port is written`() throws {
        let error = try #require(throws: UsageError.self) { try SourceAddress("20304") }
        #expect(error.hint?.contains(":20304") == true)
    }
}
