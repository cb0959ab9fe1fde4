import Testing

/// `http-get` where somebody asks for what it does not do, or what others do in another way.
@Suite(.endToEnd, .needsSockctl) struct HTTPGetAdviceTests {
    @Test(arguments: [
        (["-o", "f", "-C", "5", "x"], "an offset is not taken: it goes on where the file ends"),
        (["-O", "-C", "5", "x/a"], "an offset is not taken: it goes on where the file ends"),
        (["-o", "f", "-C5", "x"], "an offset is not taken: it goes on where the file ends"),
        (["-o", "f", "--continue-at=5", "x"], "an offset is not taken: it goes on where the file ends"),
        (["-o", "-", "-C", "-", "x"], "'--output -' is standard output"),
        (["unix:h.sock"], "--unix-socket h.sock http://localhost/"),
        (["unix:@h"], "--unix-socket @h http://localhost/"),
    ])
    func `a hint says how it is done here`(arguments: [String], hint: String) async throws {
        let outcome = try await sockctl(["http-get"] + arguments).finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains(hint), "\(outcome)")
    }

    @Test(arguments: [
        ["http-get", "--max-time", "0", ":9"], ["http-serve", "--max-time", "0", "0"],
        ["dial", "--max-time", "0", ":9"],
        ["listen", "--max-time", "0", "0"],
    ])
    func `a run that may take no time at all is refused`(arguments: [String]) async throws {
        let outcome = try await sockctl(arguments).finish()
        outcome.expect(status: 64)
        #expect(
            outcome.err
                == "sockctl: '--max-time': '0' would end everything at once\nhint: give a time above 0, or none\n")
    }

    @Test(arguments: [["dial", ":9"], ["listen", "0"], ["udp-recv", "0"]])
    func `a copy of standard output on standard output is refused`(arguments: [String]) async throws {
        let outcome = try await sockctl(arguments + ["-o", "-"]).finish()
        outcome.expect(status: 64)
        #expect(outcome.err.hasSuffix("\nhint: name a file; one that is called - is './-'\n"), "\(outcome)")
    }

    @Test(.needs(.python3)) func `the file - is standard output, under load as well`() async throws {
        let peer = try WebPeer.start(#"answer(b"<body>")"#)
        let place = "127.0.0.1:\(try await peer.port())"
        let directory = try Scene.required().directory
        for (options, out) in [("-o -", "<body>"), ("-io-", "200 OK"), ("--output=- --repeat 3", "<body><body><body>")]
        {
            let shell = try start(
                .sh, "-c", "cd '\(directory)' && exec '\(#require(Binary.sockctl))' http-get \(options) \(place)")
            let outcome = try await shell.finish()
            outcome.expect(status: 0)
            #expect(outcome.out.contains(out), "\(outcome)")
        }
        #expect((try? contents(of: "\(directory)/-")) == nil)
    }

    @Test(.needs(.python3)) func `under load --fail says why the status is 1`() async throws {
        let peer = try WebPeer.start(#"answer(b"", status="404 No")"#, #"answer(b"")"#)
        let outcome = try await sockctl(
            "http-get", "-f", "--repeat", "3", "127.0.0.1:\(try await peer.port())"
        ).finish()
        outcome.expect(status: 1)
        #expect(outcome.err.hasPrefix("sockctl: 1 of 3 answers had a status of 400 or above\n"), "\(outcome)")
    }

    @Test(.needs(.python3)) func `a head is printed byte for byte, and shown without what acts on terminals`()
        async throws
    {
        let peer = try WebPeer.start(#"b"HTTP/1.1 200 Sch\xf6n\r\nX-A:caf\xe9\t\r\nContent-Length: 0\r\n\r\n""#)
        let outcome = try await sockctl("http-get", "-iv", "127.0.0.1:\(try await peer.port())").finish()
        outcome.expect(status: 0)
        var bytes = Array("HTTP/1.1 200 Sch".utf8) + [0xf6] + Array("n\r\nX-A:caf".utf8) + [0xe9]
        bytes += Array("\t\r\nContent-Length: 0\r\n\r\n".utf8)
        #expect(outcome.bytes == bytes)
        #expect(outcome.err.contains("< HTTP/1.1 200 Sch\u{fffd}n\n< X-A: caf\u{fffd}\n"), "\(outcome)")
    }

    @Test(.needs(.python3)) func `time that runs out while a file is sent is that of sending`() async throws {
        let peer = try python("c = take(serve()); c.recv(100); hold()")
        let (file, place) = (try scratch("big"), "127.0.0.1:\(try await peer.port())")
        try writeFile(file, [UInt8](repeating: 0, count: 32 << 20))
        let outcome = try await sockctl("http-get", "--json", "--timeout", "0.5", "-T", file, place).finish()
        outcome.expect(status: 75)
        let events = try outcome.events()
        let exchange = try #require(events.last { $0.name == "exchange" })
        #expect(exchange["send_seconds"]?.number ?? 0 >= 0.4 && exchange["first_byte_seconds"] == nil, "\(exchange)")
        #expect(exchange["bytes"]?.integer == 0, "\(exchange)")
        let failed = try #require(events.last { $0.name == "failed" })
        #expect(failed["error"]?["message"]?.string?.hasSuffix("before the request was sent") == true, "\(failed)")
        #expect(failed["bytes"]?.integer ?? 0 > 0, "\(failed)")
    }

    @Test(.needs(.python3)) func `a proxy that nobody runs is named`() async throws {
        let port = try unboundPort()
        let shell = try start(
            .sh, "-c", "http_proxy=127.0.0.1:\(port) exec '\(#require(Binary.sockctl))' http-get http://one.example/")
        let outcome = try await shell.finish()
        outcome.expect(status: 69)
        #expect(
            outcome.err == """
                sockctl: proxy http://127.0.0.1:\(port) (http_proxy): dial tcp 127.0.0.1:\(port): connect: connection refused
                hint: nothing listens on 127.0.0.1:\(port)

                """)
    }

    @Test(.needs(.python3)) func `a file that is gone on with stays as it is for any other answer, which is 1`()
        async throws
    {
        let peer = try WebPeer.start(#"answer(b"none", status="404 No")"#)
        let file = try scratch("part")
        try writeFile(file, Array("0123".utf8))
        let outcome = try await sockctl("http-get", "-C", "-o", file, "127.0.0.1:\(try await peer.port())").finish()
        outcome.expect(status: 1)
        #expect(String(decoding: try contents(of: file), as: UTF8.self) == "0123" && outcome.err.contains(": 404 No"))
    }

    @Test func `the pages of --cors may read what --header adds, and are told of PUT where it is taken`() async throws {
        for (options, methods) in [([], "GET, HEAD\n"), (["--upload"], "GET, HEAD, PUT\n")] {
            let server = try sockctl(
                ["http-serve", "--root", Scene.required().directory, "--cors", "*", "--header", "X-Own: 1"] + options
                    + ["127.0.0.1:0"])
            let place = "127.0.0.1:\(try await server.listening().port)"
            let question = ["-X", "OPTIONS", "-H", "Origin: http://a", "-H", "Access-Control-Request-Method: PUT"]
            let outcome = try await sockctl(["http-get", "-i"] + question + ["\(place)/new"]).finish()
            let text = outcome.out.replacing("\r\n", with: "\n")
            #expect(text.contains("Access-Control-Allow-Methods: \(methods)"), "\(outcome)")
            #expect(text.contains(/Access-Control-Expose-Headers: .*, X-Own\n/), "\(outcome)")
            let echo = try await sockctl(["http-get", "-i"] + question + ["\(place)/echo"]).finish().out
            #expect(echo.contains("Access-Control-Allow-Methods: GET, HEAD, POST, PUT, PATCH, DELETE\r\n"), "\(echo)")
        }
    }
}
