import Glibc
import Testing

@testable import sockctl

/// One file is not written to by two.
@Suite struct WrittenFilesTests {
    private static func refusal<Arguments: CommandArguments>(
        _ command: Command<Arguments>, _ line: String
    ) -> UsageError? {
        do throws(UsageError) {
            _ = try command.parse(line.split(separator: " ").map { Word(String($0)) })
            return nil
        } catch {
            return error
        }
    }

    @Test func `a file that two options name is refused, with both`() {
        let message = "'--output f' and '--hex-dump f' are one file"
        #expect(Self.refusal(DialCommand.command, "-o f -x f 9")?.message == message)
        #expect(Self.refusal(ListenCommand.command, "-o f -x f 9")?.message == message)
        #expect(Self.refusal(UDPReceiveCommand.command, "-o f -x f 9")?.message == message)
        #expect(Self.refusal(ForwardCommand.command, "-o f -x f 9 10")?.message == message)
        #expect(
            Self.refusal(ForwardCommand.command, "-o f --record f 9 10")?.message
                == "'--output f' and '--record f' are one file")
        #expect(
            Self.refusal(ForwardCommand.command, "--record f --record-json f 9 10")?.message
                == "'--record f' and '--record-json f' are one file")
        #expect(
            Self.refusal(LabCommand.command, "short-read --svg f --html f")?.message
                == "'--svg f' and '--html f' are one file")
        #expect(
            Self.refusal(HTTPGetCommand.command, "-o f --repeat 2 --svg f http://h/")?.message
                == "'--output f' and '--svg f' are one file")
    }

    @Test func `so is one for what TLS keeps, and for anything else`() {
        let message = "'--output f' and '--tls-key-log f' are one file"
        #expect(Self.refusal(DialCommand.command, "-o f --tls --tls-key-log f 9")?.message == message)
        #expect(Self.refusal(ListenCommand.command, "-o f --tls --tls-key-log f 9")?.message == message)
        #expect(Self.refusal(UDPReceiveCommand.command, "-o f --tls --tls-key-log f 9")?.message == message)
        #expect(Self.refusal(ForwardCommand.command, "-o f --tls --tls-key-log f 9 10")?.message == message)
        #expect(Self.refusal(HTTPGetCommand.command, "-o f --tls-key-log f https://h/")?.message == message)
        #expect(
            Self.refusal(HTTPGetCommand.command, "-O --tls-key-log f https://h/f")?.message
                == "'--remote-name f' and '--tls-key-log f' are one file")
        #expect(
            Self.refusal(DialCommand.command, "-z --tls --svg f --tls-key-log f 9")?.message
                == "'--tls-key-log f' and '--svg f' are one file")
        #expect(
            Self.refusal(UDPSendCommand.command, "--tls --tls-session f --tls-key-log f 127.0.0.1:9 x")?.message
                == "'--tls-key-log f' and '--tls-session f' are one file")
    }

    @Test func `two files are two`() {
        #expect(Self.refusal(DialCommand.command, "-o f -x g 9") == nil)
        #expect(Self.refusal(DialCommand.command, "-o f -x - 9") == nil)
        #expect(Self.refusal(DialCommand.command, "-o ./- -x - 9") == nil)
        #expect(Self.refusal(HTTPGetCommand.command, "-O http://h/f http://i/f") == nil)
    }

    @Test func `one file by two names is one, whether it is there or not`() throws {
        let directory = try TemporaryDirectory()
        let folder = directory.path
        try writeFile("\(folder)/old", Array("precious".utf8))
        for (name, target) in [("to-old", "old"), ("to-new", "new"), ("far-from-new", "to-new"), ("here", folder)] {
            try #require(unsafe symlink(target, "\(folder)/\(name)") == 0)
        }
        try #require(unsafe link("\(folder)/old", "\(folder)/also-old") == 0)
        try #require(unsafe mkfifo("\(folder)/pipe", 0o600) == 0)
        for (one, other) in [
            ("old", "./old"), ("old", "to-old"), ("old", "also-old"), ("also-old", "here/to-old"), ("new", "./new"),
            ("new", "here/new"), ("new", "to-new"), ("far-from-new", "here/./here/new"), ("pipe", "here/pipe"),
        ] {
            let (first, second) = ("\(folder)/\(one)", "\(folder)/\(other)")
            #expect(
                Self.refusal(DialCommand.command, "-o \(first) -x \(second) 9")?.message
                    == "'--output \(first)' and '--hex-dump \(second)' are one file")
        }
        for other in ["old", "newer", "here", "none/new", "pipe"] {
            #expect(Self.refusal(DialCommand.command, "-o \(folder)/new -x \(folder)/\(other) 9") == nil, "\(other)")
        }
        // Two may share what is no file, as they share a terminal.
        #expect(Self.refusal(DialCommand.command, "-o /dev/null -x /dev/../dev/null 9") == nil)
        #expect(try contents(of: "\(directory.path)/old") == Array("precious".utf8))
    }
}
