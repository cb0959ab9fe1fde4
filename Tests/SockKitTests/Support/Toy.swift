@testable import sockctl

/// A small command with every kind of row, so that the parser is tested apart from the real ones.
struct Toy: Equatable, CommandArguments {
    var given = Given()
    var isOpen = false
    var isQuick = true
    var verbosity = 0
    var backlog = 128
    var limit: Duration?
    var name: String?
    var color = ColorMode.auto
    var file: Word?
    var answers: [String] = []
    var rest: [Word] = []
    var places: [Word] = []

    static let rows: [Row<Toy>] = [
        .positional("place", 1...2, into: \.places, help: "Where."),
        .flag("keep-open", short: "k", into: \.isOpen, help: "Stay."),
        .flag("no-quick", into: \.isQuick, value: false, help: "Be slow."),
        .count("verbose", short: "v", into: \.verbosity, help: "Talk."),
        .option("backlog", short: "b", as: .count(0...1000), into: \.backlog, help: "Queue."),
        .option("timeout", short: "w", aliases: ["wait"], as: .limit, into: \.limit, help: "Wait."),
        .option("name", short: "n", as: .word("NAME"), into: \.name, help: "Name."),
        .option("color", as: .choice("WHEN"), into: \.color, help: "Colour."),
        .list("answer", as: .word("TEXT"), into: \.answers, help: "Answer."),
        .flag("four", short: "4", into: \.isOpen, help: "Four.").followed(by: "-"),
        .flag("no-name", into: \.name, value: nil, help: "No name.").overriding("name"),
        .rest("run", short: "r", into: \.rest, help: "Run.", advice: "as in: -r -- it"),
        .flag("secret", into: \.isOpen, help: "Whisper.").manualOnly,
    ]

    static let command = command(rows: rows)

    static func command(rows: [Row<Toy>]) -> Command<Toy> {
        Command(
            name: "toy", abstract: "Play", manual: Manual(description: ["Play."]), defaults: Toy(), rows: rows,
            foreignFlags: [ForeignFlag("-l", "--lock-open", advice: "use toy")],
            validate: { (toy: Toy) throws(UsageError) in
                if toy.name == "nobody" { throw UsageError("nobody is not a name") }
            })
    }

    /// The arguments that a command line gives; nil if it asks for help.
    static func parsing(_ words: Word...) throws -> Toy? {
        guard case .arguments(let toy) = try command.parse(words) else { return nil }
        return toy
    }

    /// The same values, whatever was given to get them.
    var values: Toy {
        var copy = self
        copy.given = Given()
        return copy
    }
}
