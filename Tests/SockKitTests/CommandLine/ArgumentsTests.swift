import Testing

@testable import sockctl

@Suite struct ArgumentsTests {
    @Test(arguments: [
        ("-u", "udp"), ("-u -4", "udp4"), ("-6u", "udp6"), ("-4", "tcp4"), ("-6", "tcp6"), ("-U", "unix"),
        ("-uU", "unixgram"),
        ("--network unixpacket", "unixpacket"), ("--unixsock", "unix"), ("", nil),
    ])
    func `the flags name a network together`(line: String, expected: String?) throws {
        #expect(try dial(line + " x").peer.network.name == expected)
    }

    @Test(arguments: [
        "-4 -6", "-U -4", "-6U", "--network tcp -u", "--network tcp4 -4", "--network sctp", "--send-only --recv-only",
        "--recv-only --no-read", "--recv-only --half-open", "--recv-only -q 1", "--json -x -",
        "--json --progress", "--mss 10", "--ttl 0", "--close rst", "--read-size 0", "-v=2", "--count 0",
    ])
    func `what contradicts itself is refused by both commands`(line: String) {
        #expect(throws: UsageError.self) { try dial("\(line) x") }
        #expect(throws: UsageError.self) { try listen("\(line) x") }
    }

    @Test(arguments: [
        "--serve echo --send-only", "--serve time --recv-only", "--serve chargen -C", "--serve discard -q 1",
        "--serve echo -N", "--serve echo --no-shutdown", "--serve echo --half-open", "--serve echo --no-read",
        "--max-accepts 0", "-m 0", "-m 2", "-m 2 --max-accepts 1", "--backlog -1", "--mode 888", "-p 3000", "a b c",
    ])
    func `what contradicts itself is refused by listen`(line: String) {
        #expect(throws: UsageError.self) { try listen(line) }
    }

    @Test(arguments: ["", "-p 65536 x", "-p -1 x", "-U -p 1 x", "-k x", "-d x", "--keep-open x", "a b c"])
    func `what contradicts itself is refused by dial`(line: String) {
        #expect(throws: UsageError.self) { try dial(line) }
    }

    @Test(arguments: [
        "--retry 0 x", "--retry often x", "--retry-delay 1s x", "--retry-max-delay 1s x",
        "--retry 2 --retry-delay 1m x",
        "--heartbeat 0 x", "--heartbeat 1s --heartbeat-text= x", "--heartbeat-text a x", "--heartbeat-misses 3 x",
        "--heartbeat 1s --heartbeat-misses 0 x", "--heartbeat 1s --heartbeat-misses 1 --no-read x",
        "--reconnect --half-open x", "--reconnect --input-grace 2s x", "--reconnect --close hold x",
        "--interval 1s x", "--send= x", "--send a --reconnect x", "--send a --heartbeat 1s x", "--send a --send-only x",
        "--send a --recv-only x", "--send a --no-read x", "--send a --crlf x", "--send a -N x",
        "--send a --half-open x",
        "--send a --input-grace 2s x",
    ])
    func `what would do nothing, or undo another option, is refused with a reason`(line: String) {
        let error = #expect(throws: UsageError.self) { try dial(line) }
        #expect((error?.message.count ?? 0) > 25, "\(error?.message ?? "")")
    }

    @Test(arguments: [
        "--writers 0 x", "--writers 27 x", "--writers a x", "--messages 2 x", "--message-size 1K x", "--unlocked x",
        "--split x", "--writers 2 --crlf x", "--writers 2 --recv-only x", "--writers 2 --send-only x",
        "--writers 2 --half-open x", "--writers 2 --input-grace 2 x", "--writers 2 --split --message-size 1 x",
        "--writers 2 -N x", "--writers 2 --close-after 1 x", "--readers 2 x",
    ])
    func `what writers have no use for is refused`(line: String) {
        #expect(throws: UsageError.self) { try dial(line) }
    }

    @Test(arguments: [
        "--readers 0", "--readers 2 -k", "--readers 2 --serve echo", "--readers 2 --serve time",
        "--message-size 4 --serve chargen", "--message-size 0", "--readers 2 --no-read", "--readers 2 --send-only",
        "--readers 2 --max-accepts 2", "--writers 2",
    ])
    func `what readers cannot do is refused`(line: String) {
        #expect(throws: UsageError.self) { try listen(line) }
    }

    @Test(arguments: [
        "--serve discard", "--serve time", "-x -", "-o file", "-q 1", "-i 5", "--close reset", "--close-after 2", "-C",
        "--send-only", "--recv-only", "--no-read", "-m 2", "--readers 2", "--half-open", "--no-shutdown",
    ])
    func `what the I/O models do not honour is refused`(line: String) {
        #expect(throws: UsageError.self) { try listen("--io-model spin " + line) }
    }

    @Test(arguments: ["-k", "--serve echo", "--max-accepts 1", "-w 5", "-v", "--read-size 10", "-O 8192", "--trace"])
    func `what the I/O models honour is taken`(line: String) throws {
        #expect(try listen("--io-model epoll " + line).ioModel == .epoll)
    }

    @Test func `the defaults are those of the contract`() throws {
        let listen = try listen("")
        #expect(listen.backlog == 128 && listen.mode == nil && listen.serve == .pipe && listen.timeout == nil)
        let dial = try dial("x")
        #expect(dial.fallbackDelay == .milliseconds(300) && dial.timeout == nil)
        #expect(dial.peer.ending.inputGrace == .seconds(1) && dial.peer.ending.halfClose == .automatic)
        #expect(dial.peer.pace.readSize == 65536 && dial.peer.pace.writeSize == nil && dial.peer.pace.reads)
        #expect(dial.persistence.heartbeatText == Array("hello, server".utf8) && dial.persistence.retries == nil)
        #expect(dial.persistence.retryDelay == .milliseconds(500))
        #expect(dial.persistence.retryMaximumDelay == .seconds(30) && dial.roundTrips.interval == .zero)
        #expect(dial.peer.socket.nodelay && dial.peer.socket.keepAlive == KeepAliveSetting())
    }

    @Test(arguments: [
        ("", false), ("-k", true), ("--serve echo", true), ("--max-accepts 1", false), ("--max-accepts 2", true),
        ("-k --max-accepts 1", false), ("--serve time --max-accepts 1", false),
    ])
    func `listen goes on accepting where that is asked for or implied`(line: String, goesOn: Bool) throws {
        #expect(try listen(line).goesOn == goesOn)
    }

    @Test func `the names that nc and ncat use mean the same`() throws {
        #expect(try dial("--wait 2 -n -C x") == dial("--timeout 2s --no-dns --crlf x"))
        #expect(try dial("-N x").peer.ending.halfClose == .always)
        #expect(throws: UsageError("'-d' means nothing here; use --recv-only", hint: "see: sockctl dial --help")) {
            try dial("-d x")
        }
    }

    private func listen(_ line: String) throws -> ListenArguments {
        guard case .arguments(let arguments) = try ListenCommand.command.parse(words(line)) else { throw CallForHelp() }
        return arguments
    }

    private func dial(_ line: String) throws -> DialArguments {
        guard case .arguments(let arguments) = try DialCommand.command.parse(words(line)) else { throw CallForHelp() }
        return arguments
    }

    private func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

    private struct CallForHelp: Error {}
}
