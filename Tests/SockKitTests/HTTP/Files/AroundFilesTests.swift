import SockKit
import Testing

/// What stands around the files: who may ask, from which pages, and fields of all answers.
@Suite(.timeLimit(.minutes(5))) struct AroundFilesTests {
    @Test func `without the right name and password there is nothing`() async throws {
        try await onLoop {
            let files = try FileSite(around: { AuthenticationHandler(BasicCredentials("ann:se:cret")!, $0) })
            try files.make("a", "secret")
            let right = BasicCredentials("ann:se:cret")!.field
            #expect(try await files.ask("/a", "GET", ["Authorization: \(right)"]).text == "secret")
            let wrong = ["ann:se", "ann:se:cret2", "bob:se:cret", ":", "ann:"].map { BasicCredentials($0)!.field }
            for value in wrong + ["Bearer x", "Basic", "Basic !!!", "Basic \(right)"] {
                let answer = try await files.ask("/a", "GET", ["Authorization: \(value)"])
                #expect(answer.status == 401 && !answer.text.contains("secret"), "\(value)")
                #expect(answer.fields["WWW-Authenticate"] == "Basic realm=\"sockctl\", charset=\"UTF-8\"")
            }
            #expect(try await files.ask("/missing").status == 401)
        }
    }

    @Test func `any page may read what is open to all`() async throws {
        try await onLoop {
            let files = try FileSite(around: { CrossOriginHandler(.any, takesCredentials: true, $0) })
            try files.make("a", "x")
            for path in ["/a", "/missing"] {
                let answer = try await files.ask(path, "GET", ["Origin: https://example.org"])
                #expect(answer.fields["Access-Control-Allow-Origin"] == "*")
                #expect(answer.fields["Access-Control-Allow-Credentials"] == nil)
                #expect(answer.fields["Access-Control-Expose-Headers"]?.contains("Content-Range") == true)
            }
        }
    }

    @Test func `pages of other origins may not, and no cache gives them the answer of others`() async throws {
        try await onLoop {
            let only = CrossOriginHandler.Origins.only(["https://a.example", "https://b.example:8443"])
            let files = try FileSite(around: { CrossOriginHandler(only, takesCredentials: true, $0) })
            try files.make("a", "x")
            let good = try await files.ask("/a", "GET", ["Origin: https://b.example:8443"])
            #expect(good.fields["Access-Control-Allow-Origin"] == "https://b.example:8443")
            #expect(good.fields["Access-Control-Allow-Credentials"] == "true")
            for fields in [[], ["Origin: https://a.example.evil"], ["Origin: null"]] {
                let bad = try await files.ask("/a", "GET", fields)
                #expect(bad.status == 200 && bad.fields["Access-Control-Allow-Origin"] == nil)
                #expect(bad.fields["Vary"]?.contains("Origin") == true)
            }
        }
    }

    @Test func `a browser that asks beforehand is answered without the password`() async throws {
        try await onLoop {
            let files = try FileSite(around: { inner in
                CrossOriginHandler(
                    .only(["https://a.example"]), takesCredentials: true,
                    AuthenticationHandler(BasicCredentials("ann:secret")!, inner))
            })
            let question = [
                "Origin: https://a.example", "Access-Control-Request-Method: PUT",
                "Access-Control-Request-Headers: authorization, x-own",
            ]
            let answer = try await files.ask("/a", "OPTIONS", question)
            #expect(answer.status == 204 && answer.fields["Access-Control-Allow-Methods"] == "GET, HEAD")
            #expect(answer.fields["Access-Control-Allow-Headers"] == "authorization, x-own")
            #expect(
                try await files.ask("/a", "OPTIONS", ["Origin: https://b.example"] + question.dropFirst()).status == 401
            )
            #expect(try await files.ask("/a", "OPTIONS", ["Origin: https://a.example"]).status == 401)
        }
    }

    /// What a browser is told of the methods at a path.
    @Netpoller
    private func methods(_ path: String, asking method: String, takesUploads: Bool = false) async throws -> String? {
        var rules = FileRules()
        rules.takesUploads = takesUploads
        let echo = FileHandler.Otherwise(Echo()) { $0 == "/echo" || $0 == "/a" }
        let files = try FileSite(
            rules, otherwise: echo,
            around: { inner in
                CrossOriginHandler(
                    .any, takesCredentials: false,
                    AuthenticationHandler(BasicCredentials("ann:secret")!, CommonFieldsHandler([:], inner)))
            })
        try files.make("a", "x")
        let question = ["Origin: https://a.example", "Access-Control-Request-Method: \(method)"]
        let answer = try await files.ask(path, "OPTIONS", question)
        #expect(answer.status == 204)
        return answer.fields["Access-Control-Allow-Methods"]
    }

    @Test func `a browser that asks beforehand is told the methods that are not refused`() async throws {
        try await onLoop {
            let all = "GET, HEAD, POST, PUT, PATCH, DELETE, BREW"
            for (path, method, uploads, told) in [
                ("/a", "PUT", false, "GET, HEAD"), ("/b", "BREW", false, "GET, HEAD"), ("/echo", "BREW", false, all),
                ("/a", "PUT", true, "GET, HEAD, PUT"),
            ] {
                let methods = try await methods(path, asking: method, takesUploads: uploads)
                #expect(methods == told, "\(path) \(method)")
            }
        }
    }

    @Test func `a page may read the fields that are named to it`() async throws {
        try await onLoop {
            let files = try FileSite(around: {
                CrossOriginHandler(.any, takesCredentials: false, exposing: ["X-Own", "X-Two"], $0)
            })
            let answer = try await files.ask("/a", "GET", ["Origin: https://a.example"])
            #expect(answer.fields["Access-Control-Expose-Headers"]?.hasSuffix(", Location, X-Own, X-Two") == true)
        }
    }

    @Test func `a field of all answers is in all of them`() async throws {
        try await onLoop {
            let files = try FileSite(around: { CommonFieldsHandler(["Cache-Control": "no-cache", "X-Own": "1"], $0) })
            try files.make("a", "x")
            for path in ["/a", "/missing", "/a/", "/%"] {
                let answer = try await files.ask(path)
                #expect(answer.fields["Cache-Control"] == "no-cache" && answer.fields["X-Own"] == "1", "\(path)")
            }
        }
    }

    @Test func `fields that say how an answer is to be read are not free`() {
        for name in ["Content-Length", "transfer-encoding", "CONNECTION", "Date", "ETag"] {
            #expect(CommonFieldsHandler.describesItself(name))
        }
        for name in ["Cache-Control", "Server", "X-Frame-Options", "Vary", "Link"] {
            #expect(!CommonFieldsHandler.describesItself(name))
        }
    }
}
