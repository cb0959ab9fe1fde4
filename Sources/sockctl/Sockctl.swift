import SockKit

@main
enum Sockctl {
    static func main() {
        ProcessCalls.prepareStandardDescriptors()
        ProcessCalls.exit(run(Array(CommandLine.arguments.dropFirst())))
    }

    private static func run(_ words: [String]) -> Int32 {
        // The table of the whole program is drawn up only for those who ask for it: every start would pay for it.
        if words == ["--version"] { return Screens.printVersion() }
        if let name = words.first, CommandTable.names.contains(name) {
            return CommandTable.run(name, Array(words.dropFirst()))
        }
        if words.first == "generate" { return Generator.run(Array(words.dropFirst())) }
        do throws(UsageError) {
            switch try Program.sockctl.resolve(words) {
            case .command(let name, let rest): return CommandTable.run(name, rest)
            case .help(let name): return Screens.printHelp(of: Program.sockctl.commands.first { $0.name == name })
            case .version: return Screens.printVersion()
            }
        } catch {
            let settings = ReporterSettings(isJSON: Program.asksForJSON(words))
            return Reporter(settings).end(Failure(error), .usage)
        }
    }
}
