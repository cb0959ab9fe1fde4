import SockKit

@main
enum Sockctl {
    static func main() {
        // What writes without the loop, as help to a pager that was closed, is to hear of it too.
        SignalCalls.ignoreBrokenPipes()
        // A client that brings a file larger than a server may have is to end its upload, and not the server.
        SignalCalls.ignoreFileSizeLimit()
        #if DEBUG
            FaultHook.install()
        #endif
        ProcessCalls.prepareStandardDescriptors()
        let words = ProcessCalls.arguments.map { Word($0) }
        ProcessCalls.exit(run(Array(words.dropFirst()), as: words.first?.split(by: "/").last?.text ?? ""))
    }

    private static func run(_ words: [Word], as name: String) -> Int32 {
        if NetcatCommand.isName(name) { return NetcatCommand.start(words) }
        // The table of the whole program is drawn up only for those who ask for it: every start would pay for it.
        if words == ["--version"] { return Screens.printVersion() }
        let rest = Array(words.dropFirst())
        if let command = words.first.flatMap({ CommandTable.command(named: $0.text) }) { return command.start(rest) }
        if words.first == "generate" { return Generator.run(rest) }
        do throws(UsageError) {
            switch try Program.sockctl.resolve(words) {
            // One that exists has been started above.
            case .command(let name, let rest): return CommandTable.command(named: name)?.start(rest) ?? 0
            case .help(let name): return Screens.printHelp(of: name.flatMap(CommandTable.command(named:))?.info)
            case .version: return Screens.printVersion()
            }
        } catch {
            let settings = ReporterSettings(isJSON: Program.asksForJSON(words))
            return Reporter(settings).end(Failure(error), .usage)
        }
    }
}
