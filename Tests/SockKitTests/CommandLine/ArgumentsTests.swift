import SockKit
import Testing

@testable import sockctl

@Suite struct ArgumentsTests {
    @Test(arguments: [
        ("-u", "udp"), ("-u -4", "udp4"), ("-6u", "udp6"), ("-4", "tcp4"), ("-6", "tcp6"), ("-U", "unix"),
        ("-uU", "unixgram"),
        ("--network unixpacket", "unixpacket"), ("--unixsock", "unix"), ("", nil),
    ])
    func `the flags name a network together`(line: String, expected: String?) throws {
        #expect(try dial(line + " x").peer.network.named?.rawValue == expected)
    }

    @Test(arguments: [
        ("-4 -6 x", "'-4' and '-6' exclude each other"),
        ("-U -4 x", "a Unix socket has no IP version: '-U' and '-4' exclude each other"),
        ("-6U x", "a Unix socket has no IP version: '-U' and '-6' exclude each other"),
        ("--network tcp -u x", "'--network tcp' already names the network: leave out '-u'"),
        ("--network tcp4 -4 x", "'--network tcp4' already names the network: leave out '-4'"),
        (
            "--network sctp x",
            "'--network': 'sctp' is none of tcp, tcp4, tcp6, udp, udp4, udp6, unix, unixgram, unixpacket, vsock"
        ),
        (
            "--send-only --recv-only x",
            "'--send-only' and '--recv-only' exclude each other: nothing would be left to do"
        ),
        ("--recv-only --no-read x", "'--recv-only' and '--no-read' exclude each other: nothing would be left to do"),
        (
            "--recv-only --half-open x",
            "'--half-open' waits for standard input's end, but '--recv-only' never reads it"
        ),
        ("--recv-only -q 1 x", "'--quit-after' counts from standard input's end, but '--recv-only' never reads it"),
        ("--json -x - x", "'--hex-dump -' and '--json' exclude each other: JSON Lines are never mixed with text"),
        ("--json --progress x", "'--progress' and '--json' exclude each other: JSON Lines are never mixed with text"),
        ("--mss 10 x", "'--mss': '10' is not a number from 88 to 32767"),
        ("--ttl 0 x", "'--ttl': '0' is not a number from 1 to 255"),
        ("--close rst x", "'--close': 'rst' is none of fin, reset, hold"),
        ("--read-size 0 x", "'--read-size': '0' is not a size from 1 to 1G"),
        ("-v=2 x", "unknown option '-='"),
        ("--count 0 x", "'--count': '0' is not a number from 1 up"),
    ])
    func `what contradicts itself is refused by both commands`(line: String, message: String) {
        expect(message) { _ = try dial(line) }
        expect(message) { _ = try listen(line) }
    }

    @Test(arguments: [
        (
            "--serve echo --send-only",
            "'--send-only' is about standard input and output, which '--serve echo' leaves alone"
        ),
        (
            "--serve time --recv-only",
            "'--recv-only' is about standard input and output, which '--serve time' leaves alone"
        ),
        ("--serve chargen -C", "'--crlf' is about standard input and output, which '--serve chargen' leaves alone"),
        (
            "--serve discard -q 1",
            "'--quit-after' is about standard input and output, which '--serve discard' leaves alone"
        ),
        ("--serve echo -N", "'--shutdown' is about standard input and output, which '--serve echo' leaves alone"),
        (
            "--serve echo --no-shutdown",
            "'--no-shutdown' is about standard input and output, which '--serve echo' leaves alone"
        ),
        (
            "--serve echo --half-open",
            "'--half-open' is about standard input and output, which '--serve echo' leaves alone"
        ),
        ("--serve echo --no-read", "'--serve echo' is about reading: '--no-read' leaves nothing to do"),
        ("--max-accepts 0", "'--max-accepts': '0' is not a number from 1 up"),
        ("-m 2", "'--max-conns 2' needs '--keep-open': without it one peer is served"),
        ("-m 2 --max-accepts 1", "'--max-conns 2' needs '--keep-open': without it one peer is served"),
        ("--backlog -1", "'--backlog': '-1' is not a number from 0 to 2147483647"),
        ("--mode 888", "'--mode': '888' is not a mode; write it in octal, from 0 to 0777"),
        ("-p 3000", "'-p' means nothing here; the port is the address: sockctl listen 3000"),
        ("--activated http 3000", "'--activated' takes the name of one socket: leave out '3000'"),
        (
            "-k --serve echo --queue 4M",
            "'--queue' is about what one peer gets of the others, and with '--serve echo' that is nothing"
        ),
        (
            "-k --slow skip -c cat",
            "'--slow' is about what several peers get, and with '--sh-exec' each has a program of its own"
        ),
        (
            "-k --max-accepts 1 --queue 4M",
            "'--queue' is about what several peers get, and one is accepted: raise '--max-accepts'"
        ),
        ("a b c", "unexpected argument 'c'"),
        (
            "--serve echo --input-grace 1",
            "'--input-grace' is about standard input and output, which '--serve echo' leaves alone"
        ),
        ("--append", "'--append' is about the file of '--output', and there is none"),
    ])
    func `what contradicts itself is refused by listen`(line: String, message: String) {
        expect(message) { _ = try listen(line) }
    }

    @Test(arguments: ["-k --queue 4M", "--max-accepts 3 --queue 4M --slow skip", "--serve chat --queue 4M"])
    func `who serves several peers has a queue for each`(line: String) throws {
        #expect(try listen(line).queue.size == 4 << 20)
    }

    @Test(arguments: [
        ("", "ADDRESS is missing"),
        ("-p 65536 x", "'-p': '65536' is not a number from 0 to 65535"),
        ("-p -1 x", "'-p': '-1' is not a number from 0 to 65535"),
        ("-U -p 1 x", "a Unix socket has no port: '--source-port' has no use"),
        ("-k x", "'-k' means nothing here; use --keepalive to probe a silent peer, or: sockctl listen -k"),
        ("-d x", "'-d' means nothing here; use --recv-only"),
        ("--keep-open x", "'--keep-open' means nothing here; use: sockctl listen --keep-open"),
        ("a b c", "unexpected argument 'c'"),
    ])
    func `what contradicts itself is refused by dial`(line: String, message: String) {
        expect(message) { _ = try dial(line) }
    }

    @Test(arguments: [
        ("--retry 0 x", "'--retry': '0' is not a number from 1 up, nor 'forever'"),
        ("--retry often x", "'--retry': 'often' is not a number from 1 up, nor 'forever'"),
        (
            "--retry-delay 1s x",
            "'--retry-delay' is about retries, and there are none without '--retry', or a dial's '--reconnect'"
        ),
        (
            "--retry-max-delay 1s x",
            "'--retry-max-delay' is about retries, and there are none without '--retry', or a dial's '--reconnect'"
        ),
        ("--retry 2 --retry-delay 1m x", "'--retry-delay' is longer than '--retry-max-delay', 30s"),
        ("--heartbeat 0 x", "'--heartbeat 0' would never stop sending: give a time above 0"),
        ("--heartbeat 1s --heartbeat-text= x", "'--heartbeat-text' is empty: a heartbeat has to say something"),
        ("--heartbeat-text a x", "'--heartbeat-text' is about heartbeats, and without '--heartbeat' there are none"),
        (
            "--heartbeat-misses 3 x",
            "'--heartbeat-misses' is about heartbeats, and without '--heartbeat' there are none"
        ),
        ("--heartbeat 1s --heartbeat-misses 0 x", "'--heartbeat-misses': '0' is not a number from 1 up"),
        (
            "--heartbeat 1s --heartbeat-misses 1 --no-read x",
            "'--heartbeat-misses' waits for answers, and with '--no-read' nobody reads them"
        ),
        (
            "--reconnect --half-open x",
            "'--half-open' goes on sending after the peer's end, but with '--reconnect' that end is a loss"
        ),
        (
            "--reconnect --input-grace 2s x",
            "'--input-grace' waits for input after the peer's end, but with '--reconnect' that end is a loss"
        ),
        ("--reconnect --close hold x", "'--close hold' never lets go of a connection, and '--reconnect' replaces it"),
        ("--interval 1s x", "'--interval' is about '--send', which is missing"),
        ("--send= x", "'--send' is empty: nobody would answer that"),
        ("--send a --reconnect x", "'--send' measures one connection: '--reconnect' would make several of it"),
        ("--send a --heartbeat 1s x", "'--heartbeat' and '--send' exclude each other: answers to either look alike"),
        ("--send a --send-only x", "'--send' waits for answers, and with '--send-only' they are dropped"),
        ("--send a --recv-only x", "'--recv-only' is about standard input, which '--send' never reads"),
        ("--send a --no-read x", "'--send' waits for answers, and with '--no-read' nobody reads them"),
        ("--send a --crlf x", "'--crlf' is about standard input, which '--send' never reads"),
        ("--send a -N x", "'--shutdown' is about standard input, which '--send' never reads"),
        ("--send a --half-open x", "'--half-open' is about standard input, which '--send' never reads"),
        ("--send a --input-grace 2s x", "'--input-grace' is about standard input, which '--send' never reads"),
        ("--window 64 x", "'--window' is about submits that are unanswered: give '--submit' too"),
        ("--max-frame 1M x", "'--max-frame' is about messages, and without '--frame' there are only bytes"),
        ("--recv-only -C x", "'--crlf' is about sending standard input, but '--recv-only' never reads it"),
        (
            "--recv-only --input-grace 1 x",
            "'--input-grace' waits for standard input, but '--recv-only' never reads it"
        ),
        ("--send a --no-shutdown x", "'--no-shutdown' is about standard input, which '--send' never reads"),
    ])
    func `what would do nothing, or undo another option, is refused with a reason`(line: String, message: String) {
        expect(message) { _ = try dial(line) }
    }

    @Test(arguments: [
        (
            "--writers 0 x",
            "'--writers': '0' is not a number from 1 to 26; each writer has a letter of its own, from a to z"
        ),
        (
            "--writers 27 x",
            "'--writers': '27' is not a number from 1 to 26; each writer has a letter of its own, from a to z"
        ),
        (
            "--writers a x",
            "'--writers': 'a' is not a number from 1 to 26; each writer has a letter of its own, from a to z"
        ),
        ("--messages 2 x", "'--messages' is about the writers of '--writers N', and there are none"),
        ("--message-size 1K x", "'--message-size' is about the writers of '--writers N', and there are none"),
        ("--unlocked x", "'--unlocked' is about the writers of '--writers N', and there are none"),
        ("--split x", "'--split' is about the writers of '--writers N', and there are none"),
        (
            "--writers 2 --crlf x",
            "'--crlf' has no effect with '--writers', which sends messages of its own instead of standard input"
        ),
        (
            "--writers 2 --recv-only x",
            "'--recv-only' has no effect with '--writers', which sends messages of its own instead of standard input"
        ),
        (
            "--writers 2 --send-only x",
            "'--send-only' has no effect with '--writers', which sends messages of its own instead of standard input"
        ),
        (
            "--writers 2 --half-open x",
            "'--half-open' has no effect with '--writers', which sends messages of its own instead of standard input"
        ),
        (
            "--writers 2 --input-grace 2 x",
            "'--input-grace' has no effect with '--writers', which sends messages of its own instead of standard input"
        ),
        (
            "--writers 2 --split --message-size 1 x",
            "'--split' needs messages of 2 bytes or more: one byte can't be written in two calls"
        ),
        (
            "--writers 2 -N x",
            "'--shutdown' has no effect with '--writers', which sends messages of its own instead of standard input"
        ),
        (
            "--writers 2 --close-after 1 x",
            "'--close-after' has no effect with '--writers', which sends messages of its own instead of standard input"
        ),
        ("--readers 2 x", "unknown option '--readers'"),
    ])
    func `what writers have no use for is refused`(line: String, message: String) {
        expect(message) { _ = try dial(line) }
    }

    @Test(arguments: [
        ("--readers 0", "'--readers': '0' is not a number from 1 to 1024"),
        ("--readers 2 -k", "'--readers' is about one peer: '--keep-open' joins several to standard output"),
        ("--readers 2 --serve echo", "'--readers' is about bytes that are only read, but '--serve echo' answers"),
        ("--readers 2 --serve time", "'--readers' is about bytes that are only read, but '--serve time' answers"),
        (
            "--message-size 4 --serve chargen",
            "'--message-size' is about bytes that are only read, but '--serve chargen' answers"
        ),
        ("--message-size 0", "'--message-size': '0' is not a size from 1 to 1024G"),
        ("--readers 2 --no-read", "'--readers' and '--no-read' exclude each other"),
        ("--readers 2 --send-only", "'--readers' is about what comes, which '--send-only' has no interest in"),
        (
            "--readers 2 --max-accepts 2",
            "'--readers' is about one peer: '--keep-open' joins several to standard output"
        ),
        ("--writers 2", "unknown option '--writers'"),
    ])
    func `what readers cannot do is refused`(line: String, message: String) {
        expect(message) { _ = try listen(line) }
    }

    @Test(arguments: [
        ("--io-model spin --serve discard", "'--io-model' is an echo server: '--serve discard' is another one"),
        ("--io-model spin --serve time", "'--io-model' is an echo server: '--serve time' is another one"),
        (
            "--io-model spin -x -",
            "'--hex-dump' has no effect with '--io-model', a small echo server of plain system calls"
        ),
        (
            "--io-model spin -o file",
            "'--output' has no effect with '--io-model', a small echo server of plain system calls"
        ),
        (
            "--io-model spin -q 1",
            "'--quit-after' has no effect with '--io-model', a small echo server of plain system calls"
        ),
        (
            "--io-model spin -i 5",
            "'--idle-timeout' has no effect with '--io-model', a small echo server of plain system calls"
        ),
        (
            "--io-model spin --close reset",
            "'--close' has no effect with '--io-model', a small echo server of plain system calls"
        ),
        (
            "--io-model spin --close-after 2",
            "'--close-after' has no effect with '--io-model', a small echo server of plain system calls"
        ),
        ("--io-model spin -C", "'--crlf' has no effect with '--io-model', a small echo server of plain system calls"),
        (
            "--io-model spin --send-only",
            "'--send-only' has no effect with '--io-model', a small echo server of plain system calls"
        ),
        (
            "--io-model spin --recv-only",
            "'--recv-only' has no effect with '--io-model', a small echo server of plain system calls"
        ),
        (
            "--io-model spin --no-read",
            "'--no-read' has no effect with '--io-model', a small echo server of plain system calls"
        ),
        (
            "--io-model spin -m 2",
            "'--max-conns' has no effect with '--io-model', a small echo server of plain system calls"
        ),
        (
            "--io-model spin --readers 2",
            "'--readers' has no effect with '--io-model', a small echo server of plain system calls"
        ),
        (
            "--io-model spin --half-open",
            "'--half-open' has no effect with '--io-model', a small echo server of plain system calls"
        ),
        (
            "--io-model spin --no-shutdown",
            "'--no-shutdown' has no effect with '--io-model', a small echo server of plain system calls"
        ),
    ])
    func `what the I/O models do not honour is refused`(line: String, message: String) {
        expect(message) { _ = try listen(line) }
    }

    @Test(arguments: ["-k", "--serve echo", "--max-accepts 1", "-w 5", "-v", "--read-size 10", "-O 8192", "--trace"])
    func `what the I/O models honour is taken`(line: String) throws {
        #expect(try listen("--io-model epoll " + line).ioModel == .epoll)
    }

    @Test func `the defaults are those of the contract`() throws {
        let listen = try listen("")
        #expect(listen.backlog == nil && listen.mode == nil && listen.serve == .pipe && listen.timeout == nil)
        let dial = try dial("x")
        #expect(dial.fallbackDelay == .milliseconds(300) && dial.timeout == nil)
        #expect(dial.peer.ending.inputGrace == .seconds(1) && dial.peer.ending.halfClose == .automatic)
        #expect(dial.peer.pace.readSize == 65536 && dial.peer.pace.writeSize == nil && dial.peer.pace.reads)
        #expect(dial.persistence.heartbeatText == Array("hello, server".utf8) && dial.persistence.retries == nil)
        #expect(dial.persistence.retryDelay == .milliseconds(500))
        #expect(dial.persistence.retryMaximumDelay == .seconds(30) && dial.roundTrips.interval == .zero)
        #expect(dial.peer.socket.nodelay && dial.peer.socket.keepAlive == .standard)
    }

    @Test(arguments: [
        ("", false), ("-k", true), ("--serve echo", true), ("--max-accepts 1", false), ("--max-accepts 2", true),
        ("-k --max-accepts 1", false), ("--serve time --max-accepts 1", false), ("-m 0", true), ("-m 1", false),
    ])
    func `listen goes on accepting where that is asked for or implied`(line: String, goesOn: Bool) throws {
        #expect(try listen(line).goesOn == goesOn)
    }

    @Test func `the names that nc and ncat use mean the same`() throws {
        var (short, long) = (try dial("--wait 2 -n -C x"), try dial("--timeout 2s --no-dns --crlf x"))
        // How the time was written is all that differs.
        (short.given, long.given) = (Given(), Given())
        #expect(short == long)
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

    private func words(_ line: String) -> [Word] { line.split(separator: " ").map { Word(String($0)) } }

    private func expect(_ message: String, _ body: () throws -> Void) {
        #expect(#expect(throws: UsageError.self, performing: body)?.message == message)
    }

    private struct CallForHelp: Error {}
}
