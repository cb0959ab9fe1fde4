import Testing

@testable import sockctl

@Suite struct NearEndTests {
    @Test(arguments: [
        ("127.0.0.1", NearEnd(host: "127.0.0.1", port: nil)),
        ("127.0.0.1:3001", NearEnd(host: "127.0.0.1", port: 3001)),
        ("::1", NearEnd(host: "::1", port: nil)), ("[::1]", NearEnd(host: "::1", port: nil)),
        ("[::1]:3001", NearEnd(host: "::1", port: 3001)), (":3001", NearEnd(host: "", port: 3001)),
        ("localhost", NearEnd(host: "localhost", port: nil)),
    ])
    func `a source is a host, a port, or both`(text: String, wanted: NearEnd) throws {
        #expect(try NearEnd(source: text) == wanted)
    }

    @Test func `a bare number is no host, and told how a port is written`() throws {
        let error = try #require(throws: UsageError.self) { try NearEnd(source: "20304") }
        #expect(error.hint?.contains(":20304") == true)
    }
}
