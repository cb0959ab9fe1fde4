import SockKit
import Testing

@Suite struct EndpointTests {
    @Test(arguments: [
        ("127.0.0.1:80", "127.0.0.1:80"), ("[::1]:80", "[::1]:80"), ("[fe80::1%eth0]:80", "[fe80::1%eth0]:80"),
        ("0.0.0.0:0", "0.0.0.0:0"), ("[::]:65535", "[::]:65535"), ("127.0.0.1:080", "127.0.0.1:80"),
    ])
    func `a literal endpoint is read and printed`(text: String, canonical: String) {
        #expect(Endpoint(text)?.description == canonical)
    }

    @Test(arguments: [
        "", ":", ":80", "80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536", "127.0.0.1:-1",
        "localhost:80",
        "::1:80", "[::1]", "[::1]80", "[127.0.0.1]:80", "[::1:80", "::1]:80", "[]:80", "010.0.0.1:80", "127.0.0.1:80 ",
        "127.0.0.1:99999999999999999999",
    ])
    func `names, services and malformed text are refused`(text: String) {
        #expect(Endpoint(text) == nil)
    }

    @Test func `a Unix endpoint has neither address nor port`() {
        let endpoint = Endpoint.unix(.path("/tmp/x"))
        #expect(endpoint.address == nil && endpoint.port == nil)
        #expect(Endpoint.ip(.v4Loopback, port: 80).address == .v4Loopback)
        #expect(Endpoint.ip(.v4Loopback, port: 80).port == 80)
    }

    @Test(arguments: [
        (UnixAddress.path("/tmp/x"), "/tmp/x"), (.path("@x"), "./@x"), (.abstract("name"), "@name"),
        (.unnamed, "(unnamed)"),
    ])
    func `a Unix endpoint is printed as it is typed`(address: UnixAddress, text: String) {
        #expect(Endpoint.unix(address).description == text)
    }

    @Test func `what is printed is read back as the same endpoint`() {
        var generator = SeededGenerator(seed: 2)
        for round in 0..<5_000 {
            let high = UInt128(generator.next()) << 64
            let address =
                round % 2 == 0
                ? IPAddress(v4Bits: .random(in: 0 ... .max, using: &generator))
                : IPAddress(v6Bits: high >> UInt128(round % 64), zone: round % 3 == 0 ? "lo" : nil)
            let endpoint = Endpoint.ip(address, port: .random(in: 0 ... .max, using: &generator))
            if Endpoint(endpoint.description) != endpoint { Issue.record("\(endpoint) is not read back") }
        }
    }
}
