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
    }

    @Test func `two files are two`() {
        #expect(Self.refusal(DialCommand.command, "-o f -x g 9") == nil)
        #expect(Self.refusal(DialCommand.command, "-o f -x - 9") == nil)
    }
}
