import Testing

@testable import sockctl

@Suite struct ParserTests {
    private static let understood: [(words: [Word], expected: Toy)] = [
        (["here"], Toy(places: ["here"])),
        (["here", "80"], Toy(places: ["here", "80"])),
        (["-kv", "here"], Toy(isOpen: true, verbosity: 1, places: ["here"])),
        (["-vv", "here", "--verbose"], Toy(verbosity: 3, places: ["here"])),
        (["--no-quick", "here"], Toy(isQuick: false, places: ["here"])),
        (["-w2", "here"], Toy(limit: .seconds(2), places: ["here"])),
        (["-kw2", "here"], Toy(isOpen: true, limit: .seconds(2), places: ["here"])),
        (["-w", "2", "here"], Toy(limit: .seconds(2), places: ["here"])),
        (["here", "--timeout", "2ms"], Toy(limit: .milliseconds(2), places: ["here"])),
        (["--timeout=2ms", "here"], Toy(limit: .milliseconds(2), places: ["here"])),
        (["--wait=2ms", "here"], Toy(limit: .milliseconds(2), places: ["here"])),
        (["--timeout=1", "here", "--timeout", "none"], Toy(places: ["here"])),
        (["--backlog", "1", "--backlog", "2", "here"], Toy(backlog: 2, places: ["here"])),
        (["--answer", "a", "here", "--answer=b=c"], Toy(answers: ["a", "b=c"], places: ["here"])),
        (["--color=never", "here"], Toy(color: .never, places: ["here"])),
        (["--name", "-", "-"], Toy(name: "-", places: ["-"])),
        (["--name", "--odd", "here"], Toy(name: "--odd", places: ["here"])),
        (["--name", "x", "--no-name", "--", "-k"], Toy(places: ["-k"])),
        (["--secret", "here"], Toy(isOpen: true, places: ["here"])),
        (["--four", "-", "here"], Toy(isOpen: true, places: ["here"])),
        (["-v4", "-", "-"], Toy(isOpen: true, verbosity: 1, places: ["-"])),
        (["-4-", "here"], Toy(isOpen: true, places: ["here"])),
        (["here", "--four=-"], Toy(isOpen: true, places: ["here"])),
        (
            ["-kr", "here", "--", "it", "-k", "--", ""],
            Toy(isOpen: true, rest: ["it", "-k", "--", ""], places: ["here"])
        ),
        (["--run", "here", "80", "--", "it"], Toy(rest: ["it"], places: ["here", "80"])),
    ]

    @Test(arguments: understood)
    func `options and addresses come in any order and every spelling`(words: [Word], expected: Toy) throws {
        guard case .arguments(let toy) = try Toy.command.parse(words) else {
            Issue.record("taken for a call for help")
            return
        }
        #expect(toy.values == expected)
    }

    private static let refused: [(words: [Word], message: String, hint: String)] = [
        (["here", "--bakclog", "1"], "unknown option '--bakclog'", "did you mean '--backlog'?"),
        (["here", "--keep"], "unknown option '--keep'", "did you mean '--keep-open'?"),
        (["here", "-keep-open"], "unknown option '-keep-open'", "did you mean '--keep-open'?"),
        (["here", "--secrets"], "unknown option '--secrets'", "did you mean '--secret'?"),
        (["here", "-z"], "unknown option '-z'", "see: sockctl toy --help"),
        (["here", "-kz"], "unknown option '-z' in '-kz'", "see: sockctl toy --help"),
        (["here", "-l"], "'-l' means nothing here; use toy", "see: sockctl toy --help"),
        (["here", "--lock-open"], "'--lock-open' means nothing here; use toy", "see: sockctl toy --help"),
        (["here", "--keep-open=yes"], "'--keep-open' takes no value, but was given 'yes'", "see: sockctl toy --help"),
        (["here", "--backlog"], "'--backlog' is missing its value, N", "see: sockctl toy --help"),
        (["here", "-b"], "'-b' is missing its value, N", "see: sockctl toy --help"),
        (["here", "--backlog", "--keep-open"], "'--backlog' is missing its value, N", "see: sockctl toy --help"),
        (["here", "--backlog", "-k"], "'--backlog' is missing its value, N", "see: sockctl toy --help"),
        (["here", "--backlog", "--", "1"], "'--backlog' is missing its value, N", "see: sockctl toy --help"),
        (["here", "--backlog", "-1"], "'--backlog': '-1' is not a number from 0 to 1000", "see: sockctl toy --help"),
        (["here", "--backlog", "-4"], "'--backlog': '-4' is not a number from 0 to 1000", "see: sockctl toy --help"),
        (["here", "-b-1"], "'-b': '-1' is not a number from 0 to 1000", "see: sockctl toy --help"),
        (
            ["here", "--backlog="], "'--backlog': '' is not a whole number; write one from 0 to 1000",
            "see: sockctl toy --help"
        ),
        (
            ["here", "--wait", "-3"], "'--wait': '-3' is not a duration; write it like 500ms, 2s or 1.5m",
            "see: sockctl toy --help"
        ),
        (["here", "--color", "alway"], "'--color': 'alway' is none of auto, always, never", "did you mean 'always'?"),
        (["--keep-open"], "PLACE is missing", "see: sockctl toy --help"),
        (["here", "--run", "it"], "'--run' takes the words after '--'", "as in: -r -- it"),
        (["here", "-r", "--"], "'--run' takes the words after '--'", "as in: -r -- it"),
        (["-r", "--", "here"], "PLACE is missing", "see: sockctl toy --help"),
        (["a", "b", "c"], "unexpected argument 'c'", "see: sockctl toy --help"),
        (["a", "b", "c", "d"], "unexpected arguments 'c', 'd'", "see: sockctl toy --help"),
        (["here", "--name", "nobody"], "nobody is not a name", "see: sockctl toy --help"),
    ]

    @Test(arguments: refused)
    func `a wrong command line says what is wrong and what would be right`(
        words: [Word], message: String, hint: String
    ) {
        #expect(throws: UsageError(message, hint: hint)) { try Toy.command.parse(words) }
    }

    @Test(arguments: [["--help"], ["-h"], ["-kh"], ["--backlog", "5", "-h", "--unknown"]] as [[Word]])
    func `help is given even where arguments are missing`(words: [Word]) throws {
        guard case .help = try Toy.command.parse(words) else {
            Issue.record("not taken for a call for help")
            return
        }
    }

    @Test func `help as a value is no call for help`() throws {
        #expect(try Toy.parsing("--name=--help", "here")?.name == "--help")
        #expect(try Toy.parsing("-n-h", "here")?.name == "-h")
    }

    @Test func `words after two dashes are arguments`() throws {
        #expect(try Toy.parsing("--", "-k", "--")?.values == Toy(places: ["-k", "--"]))
    }

    @Test func `words that are not text keep their bytes`() throws {
        let odd = Word([0xff, UInt8(ascii: "="), 0xfe])
        #expect(try Toy.parsing(odd)?.places == [odd])
        let row = Row<Toy>.positional("place", 0...1, into: \.places, help: "Where.")
        let file = Row<Toy>.option("file", short: "f", as: .file, into: \.file, help: "File.")
        for words in [["-f", odd], [Word(Array("-f".utf8) + odd.bytes)], [Word(Array("--file=".utf8) + odd.bytes)]] {
            guard case .arguments(let toy) = try Toy.command(rows: [row, file]).parse(words) else { continue }
            #expect(toy.file == odd)
        }
        let letter = Word([UInt8(ascii: "-"), 0xff])
        #expect(throws: UsageError("unknown option '-\u{fffd}'", hint: "see: sockctl toy --help")) {
            try Toy.command.parse([letter])
        }
    }

    @Test func `it is known what was given, a default too`() throws {
        let toy = try #require(try Toy.parsing("--backlog", "128", "-kk", "here", "there"))
        #expect(toy.given.contains("backlog") && toy.given.contains("keep-open") && !toy.given.contains("name"))
        #expect(toy.given.value(of: "backlog") == "128" && toy.given.value(of: "place") == "here there")
    }

    @Test func `what is taken back, or switched off, was not given`() throws {
        #expect(try Toy.parsing("--name", "x", "--no-name", "here")?.given.contains("name") == false)
        #expect(try Toy.parsing("--no-name", "--name", "x", "here")?.given.contains("name") == true)
        #expect(try Toy.parsing("-w", "1", "--timeout", "none", "here")?.given.contains("timeout") == false)
        #expect(try Toy.parsing("--name", "none", "here")?.given.contains("name") == true)
    }

    @Test func `what a wrong command line still says can be read`() {
        let toy = Toy.command.salvage(["--bakclog", "-v", "--backlog", "x", "-kz", "--color", "never"])
        #expect(toy.values == Toy(isOpen: true, verbosity: 1, color: .never))
    }

    @Test func `a lifted row fills the part it was made for`() throws {
        struct Outer: Equatable, Sendable { var inner = Toy() }
        let rows: [Row<Outer>] = Toy.rows.lifted(through: \.inner)
        var outer = Outer()
        for row in rows where row.info.name == "backlog" {
            try row.apply(&outer, "5")
            #expect(row.defaultText(Outer()) == "128")
        }
        #expect(outer == Outer(inner: Toy(backlog: 5)))
    }
}
