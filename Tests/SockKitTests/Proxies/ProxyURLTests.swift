import Testing

@testable import SockKit

/// How a proxy is written down.
@Suite struct ProxyURLTests {
    @Test(arguments: [
        ("socks5://127.0.0.1:1081", "socks5://127.0.0.1:1081"),
        ("SOCKS5H://proxy.example", "socks5h://proxy.example:1080"),
        ("socks4://10.0.0.1/", "socks4://10.0.0.1:1080"), ("socks4a://ann@x:9", "socks4a://x:9"),
        ("http://[::1]", "http://[::1]:80"), ("http://ann:se%3Acret%40@[fe80::1]:3128", "http://[fe80::1]:3128"),
        ("http://ann:p/a?s#s@x", "http://x:80"),
    ])
    func `a URL has a scheme, a host and perhaps a port, and is shown without who we are`(text: String, shown: String)
        throws
    {
        let url = try ProxyURL(text)
        #expect(url.description == shown && "\(url)" == shown)
        #expect(try ProxyURL(shown) == ProxyURL(url.scheme, host: url.host, port: url.port))
    }

    @Test func `user and password are percent-decoded, and are in no description`() throws {
        let url = try ProxyURL("socks5://a%6En:s%3aec%00r%FFt@h:1")
        #expect(url.credentials?.user == Array("ann".utf8))
        #expect(url.credentials?.password == Array("s:ec".utf8) + [0] + Array("r".utf8) + [0xff] + Array("t".utf8))
        #expect(try ProxyURL("socks5://ann@h").credentials?.password == nil)
        #expect(try ProxyURL("socks5://ann:@h").credentials?.password == [])
        for text in ["\(url)", String(reflecting: url.credentials), "\(try #require(url.credentials))"] {
            #expect(!text.contains("ann") && !text.contains("115"), "\(text)")
        }
    }

    @Test(arguments: [
        ("", "is a URL"), ("127.0.0.1:1080", "is a URL"), ("socks6://x", "not spoken to by socks6"),
        ("https://x", "one of socks4, socks4a, socks5, socks5h, http"), ("socks5://", "host is missing"),
        ("socks5://:1080", "host is missing"), ("socks5://ann:secret@", "host is missing"),
        ("socks5://x:0", "port is a number"), ("socks5://x:http", "port is a number"), ("socks5://x:65536", "65536"),
        ("socks5://x/path", "no path"), ("socks5://x?q", "no path"), ("socks5://1.2.3:9", "not an IPv4 address"),
        ("socks5://ann:secre%t@x", "%25"), ("socks4://ann:secret@x", "no password"), ("socks5://:secret@x", "no name"),
        ("socks5://\(String(repeating: "s", count: 256)):secret@x", "255"), ("socks4://%00@x", "zero byte"),
        ("http://a%3Ab:secret@x", "no colon"),
    ])
    func `what is no proxy is refused, and no refusal repeats a password`(text: String, reason: String) {
        let error = #expect(throws: AddressError.self) { try ProxyURL(text) }
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("secre") == false)
    }
}

/// Which proxies a destination has.
@Suite struct ProxyRouteTests {
    @Test func `an environment's proxy is for all but the exceptions, and upper case wins`() throws {
        let route = try ProxyRoute(environment: [
            "ALL_PROXY": "socks5h://a:1", "all_proxy": "socks5h://b:1", "no_proxy": "example.org,10.0.0.0/8",
        ])
        #expect(route.proxies(to: "else.where", port: 80).map(\.host) == ["a"])
        #expect(route.proxies(to: "www.Example.org", port: 80).isEmpty)
        #expect(route.proxies(to: "10.1.2.3", port: 80).isEmpty)
        // Whoever gives the option means this machine, too.
        #expect(
            route.proxies(to: "127.0.0.1", port: 80).count == 1 && route.proxies(to: "localhost", port: 80).count == 1)
        #expect(try ProxyRoute(environment: ["all_proxy": "http://b:1"]).proxies.map(\.host) == ["b"])
        #expect(try ProxyRoute(environment: ["ALL_PROXY": "", "NO_PROXY": "*"]).proxies.isEmpty)
    }

    @Test func `a variable that is no proxy is named`() {
        let error = #expect(throws: AddressError.self) {
            try ProxyRoute(environment: ["all_proxy": "ftp://ann:secret@x"])
        }
        #expect(error?.message.hasPrefix("all_proxy: ") == true && error?.message.contains("secret") == false)
    }
}
