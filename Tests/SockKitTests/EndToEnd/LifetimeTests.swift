import Testing

/// `--close-after` in the middle of what was asked for: that it did not come to pass is said.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct LifetimeTests {
    @Test func `the rest of a file is told as never sent`() async throws {
        let size = 16 << 20
        let path = try scratch("input")
        try writeFile(path, noise(size))
        let peer = try python("c = take(serve()); hold()")
        let outcome = try await sockctl(
            "dial", "--json", "--close-after", "300ms", "127.0.0.1:\(try await peer.port())", input: .file(path)
        ).finish()
        outcome.expect(status: 0)
        let events = try outcome.events()
        let dropped = try #require(events.last { $0.name == "input-dropped" }, "\(outcome)")
        let sent = try #require(events.last { $0.name == "closed" }?["bytes_sent"]?.integer, "\(outcome)")
        #expect(dropped["bytes_sent"]?.integer == size, "\(dropped)")
        #expect(dropped["bytes"]?.integer == size - sent && dropped["bytes_unsent"]?.integer == size - sent, "\(sent)")
    }

    @Test func `--max-time holds where nobody reads the reports`() async throws {
        let peer = try python(
            """
            import os, subprocess
            reader, writer = os.pipe()
            os.set_blocking(writer, False)
            try:
                while True: os.write(writer, bytes(4096))
            except BlockingIOError: os.set_blocking(writer, True)
            words = [arguments[0], "dial", "--max-time", "500ms", "127.0.0.1", arguments[1]]
            begun = time.monotonic()
            say(subprocess.run(words, stdin=subprocess.DEVNULL, stderr=writer).returncode)
            say(0.5 <= time.monotonic() - begun)
            """, try #require(Binary.sockctl), "\(unboundPort())")
        try await peer.finish().expect(lines: ["75", "True"])
    }

    @Test(arguments: [
        (["--first-line"], "before the peer had said a line"),
        (["--send", "x", "--count", "2"], "before answer 1 of 2"),
        (["--submit"], "before it answered the connect"),
    ])
    func `an answer that has not come by then is a time-out`(options: [String], told: String) async throws {
        let peer = try python("c = take(serve()); hold()")
        let words = ["dial", "--close-after", "300ms"] + options + ["127.0.0.1:\(try await peer.port())"]
        let outcome = try await sockctl(words, input: .text("a\n")).finish()
        outcome.expect(status: 75)
        #expect(outcome.err.contains("the connection's time was over \(told)"), "\(outcome)")
    }
}
