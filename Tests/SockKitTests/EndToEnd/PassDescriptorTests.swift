import Testing

/// `dial --pass-fd`: the connection goes to whoever holds the other end of standard output.
@Suite(.endToEnd, .needsSockctl, .needs(.python3)) struct PassDescriptorTests {
    @Test(arguments: [[], ["nc", "-F"]])
    func `the receiver gets a connected socket whose calls wait`(words: [String]) async throws {
        let outcome = try await python(
            """
            import subprocess
            s = socket.create_server(("127.0.0.1", 0)); a, b = socket.socketpair()
            words = arguments[1:] or ["dial", "--pass-fd"]
            p = subprocess.Popen([arguments[0]] + words + ["127.0.0.1", str(s.getsockname()[1])], stdout=b)
            b.close()
            data, fds, _, _ = socket.recv_fds(a, 16, 4)
            c = socket.socket(fileno=fds[0]); peer = s.accept()[0]
            say(len(data), len(fds), os.get_blocking(fds[0]), p.wait(10))
            c.sendall(b"ping"); c.shutdown(1); say(drain(peer))
            """, [#require(Binary.sockctl)] + words
        ).finish()
        outcome.expect(lines: ["1 1 True 0", "b'ping'"])
    }

    @Test func `without a Unix socket nobody is dialled`() async throws {
        let outcome = try await sockctl("dial", "--pass-fd", "127.0.0.1", "2").finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains("standard output is none"), "\(outcome)")
    }

    @Test(arguments: ["--crlf", "--fastopen"]) func `what is about talking to the peer is refused`(
        option: String
    ) async throws {
        let outcome = try await sockctl("dial", "--pass-fd", option, "127.0.0.1", "2").finish()
        outcome.expect(status: 64)
        #expect(outcome.err.contains("'\(option)' is about talking to the peer"), "\(outcome)")
    }
}
