import Testing

@testable import SockKit

@Suite(.timeLimit(.minutes(5))) struct ProxyRulesTests {
    private static let proxy = ["http_proxy": "proxy.example:3128", "HTTPS_PROXY": "http://secure.example"]

    private static func proxy(_ url: String, _ environment: [String: String]) throws -> String? {
        try ProxyRules(environment: proxy.merging(environment) { $1 }).proxy(for: HTTPURL(url))?.description
    }

    @Test func `each scheme has its proxy, and upper case wins`() throws {
        #expect(try Self.proxy("http://a.com/", [:]) == "http://proxy.example:3128/")
        #expect(try Self.proxy("https://a.com/", [:]) == "http://secure.example/")
        #expect(try Self.proxy("http://a.com/", ["HTTP_PROXY": "http://other:1"]) == "http://other:1/")
        #expect(try ProxyRules(environment: ["ALL_PROXY": "x"]).proxy(for: HTTPURL("http://a.com/")) == nil)
        #expect(try ProxyRules(environment: ["http_proxy": ""]).proxy(for: HTTPURL("http://a.com/")) == nil)
    }

    @Test(arguments: ["http://localhost/", "http://127.0.0.1:8080/", "http://127.9.9.9/", "http://[::1]/"])
    func `this machine is never asked through a proxy`(url: String) throws {
        #expect(try Self.proxy(url, [:]) == nil)
    }

    @Test(
        arguments: [
            ("x.com", "x.com", true), ("x.com", "a.x.com", true), ("x.com", "ax.com", false),
            (".x.com", "x.com", false), (".x.com", "a.x.com", true), ("*.x.com", "x.com", false),
            ("*.x.com", "a.b.x.com", true), ("x.com:80", "x.com", true), ("x.com:81", "x.com", false),
            ("x.com:81", "x.com:81", true), ("*", "anything", true), (" X.com , y", "y", true),
            ("X.COM", "x.com", true),
            ("10.0.0.0/8", "10.1.2.3", true), ("10.0.0.0/8", "11.1.2.3", false), ("10.1.2.3", "10.1.2.3:99", true),
            ("10.1.2.3:99", "10.1.2.3:98", false), ("fd00::/8", "[fd12::1]", true), ("[fd12::1]:80", "[fd12::1]", true),
            ("fd12::1", "[fd12::1]:8", true), ("2.3", "10.1.2.3", false), (",,:80,.", "x.com", false),
            ("0.0.0.0/0", "10.1.2.3", true), ("0.0.0.0/0", "[fd12::1]", false), ("10.0.0.0/33", "10.1.2.3", false),
        ])
    func `who is in the list is asked directly`(list: String, host: String, isDirect: Bool) throws {
        #expect(try (Self.proxy("http://\(host)/", ["NO_PROXY": list]) == nil) == isDirect)
    }

    @Test func `a CGI program does not obey what a client may have said`() throws {
        let error = #expect(throws: NetworkError.self) { try Self.proxy("http://a.com/", ["REQUEST_METHOD": "GET"]) }
        #expect(error?.description.contains("CGI") == true)
        #expect(try Self.proxy("https://a.com/", ["REQUEST_METHOD": "GET"]) != nil)
    }

    @Test(arguments: ["socks5://a:1", "http://a:b", "https://a", "http://"])
    func `what is no proxy that can be spoken to is said so`(value: String) throws {
        let error = #expect(throws: NetworkError.self) {
            try ProxyRules(environment: ["http_proxy": value]).proxy(for: HTTPURL("http://a.com/"))
        }
        #expect(error?.code == "usage" && error?.description.contains("http_proxy: ") == true)
    }

    @Test func `what is no proxy does not concern whoever would not be asked through it`() throws {
        let rubbish = ["http_proxy": "rubbish://", "https_proxy": "::", "no_proxy": "b.com"]
        for url in ["http://127.0.0.1/", "https://localhost/", "http://b.com/", "https://b.com/"] {
            #expect(try ProxyRules(environment: rubbish).proxy(for: HTTPURL(url)) == nil, "\(url)")
        }
        #expect(try Self.proxy("http://a.com/", ["HTTPS_PROXY": "::"]) == "http://proxy.example:3128/")
    }

    @Test func `a proxy that cannot be reached is named, with the variable that names it`() async throws {
        try await onLoop {
            let place = "127.0.0.1:\(try unboundPort())"
            let variable = ProxyRules(environment: ["http_proxy": "http://me:secret@\(place)"])
            let own = ProxyRules(http: try HTTPURL("http://\(place)"))
            let request = HTTPRequest(.get, try HTTPURL("http://one.example/"))
            let named = try await failure {
                _ = try await Transport(rules: .with { $0.proxies = variable }).roundTrip(request)
            }
            let refusal = "dial tcp \(place): connect: connection refused"
            #expect(named.description == "proxy http://\(place) (http_proxy): \(refusal)")
            #expect(named.code == "ECONNREFUSED" && named.hint == "nothing listens on \(place)")
            let given = try await failure {
                _ = try await Transport(rules: .with { $0.proxies = own }).roundTrip(request)
            }
            #expect(given.description == "proxy http://\(place): \(refusal)")
        }
    }

    @Test func `a proxy is asked with whole URLs, over connections that serve every host`() async throws {
        try await onLoop {
            let server = try await ScriptedServer { try await $0.answerAll() }
            defer { server.close() }
            let proxy = try HTTPURL("http://me:secret@\(server.listener.endpoint)")
            let transport = Transport(rules: .with { $0.proxies = ProxyRules(http: proxy) })
            for host in ["one.example", "two.example:81"] {
                let request = HTTPRequest(.get, try HTTPURL("http://\(host)/x?y"), deadline: .now + patience)
                let response = try await transport.roundTrip(request)
                #expect(try await response.text() == "ok")
                #expect(response.connectionFacts.proxy == proxy)
            }
            #expect(server.connections == 1)
            #expect(
                server.requests[1]
                    == "GET http://two.example:81/x?y HTTP/1.1\r\nHost: two.example:81\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n"
            )
        }
    }
}
