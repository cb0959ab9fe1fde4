// Compiled together with the program's sources, but for where it starts, by `Tests/Fuzzers/fuzz`.
@testable import SockKit

/// What is fuzzed of the program: its command line.
let targets: [String: @Sendable (Span<UInt8>) -> Void] = ["command-line": fuzzCommandLine, "netcat": fuzzNetcat]

/// The words of a command line, each behind a zero byte or a line's end.
func words(_ bytes: Span<UInt8>) -> [Word] {
    bytes.copied.split(maxSplits: 100, omittingEmptySubsequences: false) { $0 == 0 || $0 == 10 }.map { Word($0) }
}

/// The first byte chooses the command; one that there is not has all words read by the program itself. Its highest bit has
/// what is refused read once more for how to tell it.
func fuzzCommandLine(_ bytes: Span<UInt8>) {
    guard let first = bytes.isEmpty ? nil : bytes[0] else { return }
    let words = words(bytes.extracting(droppingFirst: 1))
    let commands = CommandTable.all
    let place = Int(first) % (commands.count + 1)
    guard place == commands.count else { return read(commands[place], words, salvages: first >= 0x80) }
    do throws(UsageError) { _ = try Program.sockctl.resolve(words) } catch { check(error) }
    _ = Program.asksForJSON(words)
}

func read<Subject: Subcommand>(_ type: Subject.Type, _ words: [Word], salvages: Bool) {
    do throws(UsageError) {
        guard case .arguments(let arguments) = try type.command.parse(words) else { return }
        _ = (arguments.maximumTime, arguments.showsTransfers, arguments.reportTarget)
    } catch {
        check(error)
        if salvages { _ = type.command.salvage(words).common }
    }
}

/// What nc's command line is translated to has to be a command line of the one that does it.
func fuzzNetcat(_ bytes: Span<UInt8>) {
    do throws(UsageError) {
        guard case .arguments(let arguments) = try NetcatCommand.command.parse(words(bytes)) else { return }
        let translation = try NetcatTranslation(arguments)
        switch translation.command {
        case .listen: _ = try translation.parsed(by: ListenCommand.command)
        case .dial: _ = try translation.parsed(by: DialCommand.command)
        }
    } catch {
        check(error)
    }
}

func check(_ error: UsageError) {
    if error.message.isEmpty || error.hint?.isEmpty == true { fatalError("an error without a word: \(error)") }
}
