/// The course as a text: `sockctl-lab(7)`.
enum LabManual {
    static func text(date: String) -> String {
        let opening = [
            ".Dd \(date)", ".Dt SOCKCTL-LAB 7", ".Os", ".Sh NAME", ".Nm sockctl-lab",
            ".Nd what a socket does, experiment by experiment", ".Sh DESCRIPTION",
            Mdoc.prose(
                """
                This is the course that `sockctl lab` runs, as a text. Each experiment has what the documents say, the \
                question, what must be seen and why, the same as commands to type, and what to remember. \
                `sockctl lab NAME` runs one and shows its timeline; `sockctl lab --all --check` proves them all on this \
                machine.
                """),
            ".Pp", Mdoc.prose("The documents are:"), ".Bl -tag -width 5n",
        ]
        let documents = SourceDocument.allCases.map { ".It \($0.rawValue)\n\(Mdoc.prose($0.title + "."))" }
        let closing = [".Sh SEE ALSO", ".Xr sockctl 1 ,", ".Xr sockctl-lab 1 ,", ".Xr socket 7 ,", ".Xr tcp 7"]
        let lines = opening + documents + [".El"] + Course.chapters.flatMap(chapter) + uncovered + closing
        return lines.joined(separator: "\n") + "\n"
    }

    private static func chapter(_ chapter: Chapter, _ experiments: [any Experiment.Type]) -> [String] {
        [".Sh \(chapter.title.uppercased())"] + experiments.flatMap(section)
    }

    private static func section(_ experiment: any Experiment.Type) -> [String] {
        var lines = [
            ".Ss \(Mdoc.argument(experiment.name).replacing("\"", with: ""))", Mdoc.prose(experiment.title + "."),
        ]
        let sources = (experiment.documents.map(\.rawValue) + experiment.covers.map(Behaviour.name)).joined(
            separator: ", ")
        lines += [Mdoc.prose("(\(sources))")]
        if !experiment.claim.isEmpty {
            lines += [
                ".Pp",
                Mdoc.prose(
                    "\(experiment.documents.isEmpty ? "The documents" : "The document says"): \(experiment.claim)"),
            ]
        }
        lines += [".Pp", Mdoc.prose("The question: \(experiment.question)")]
        lines += [".Pp", "What must be seen:", ".Bl -dash"]
        lines += experiment.expectations.flatMap(expectation) + [".El"]
        if !experiment.commands.isEmpty {
            lines += [".Pp", "By hand:", ".Bd -literal -offset indent"]
            lines += experiment.commands.split(separator: "\n").map { Mdoc.line(String($0)) } + [".Ed"]
        }
        return lines + [".Pp", Mdoc.prose("Remember: \(experiment.lesson)")]
    }

    private static func expectation(_ expectation: Expectation) -> [String] {
        let says = expectation.says.isEmpty ? "" : expectation.document.opening + expectation.says + " "
        return [".It", Mdoc.prose(says + general(expectation.why))]
    }

    /// A text without the sentences that tell what was measured: here nothing has been.
    private static func general(_ text: String) -> String {
        var sentences: [Substring] = []
        var rest = Substring(text)
        while let end = rest.firstRange(of: /[.:;](?= [A-Z])/) {
            sentences.append(rest[..<end.upperBound])
            rest = rest[end.upperBound...].drop { $0 == " " }
        }
        let kept = (sentences + [rest]).filter { !$0.contains("{") }
        // Where nothing would be left, what was measured is called by its name.
        guard !kept.isEmpty else { return text.replacing(/\{([^{}:]+)[^{}]*\}/) { "the \($0.output.1)" } }
        return kept.joined(separator: " ")
    }

    private static var uncovered: [String] {
        [".Sh NOT SHOWN", ".Bl -tag -width 5n"]
            + Uncovered.all.map { ".It \(Behaviour.name($0.behaviour))\n\(Mdoc.prose($0.reason + "."))" } + [".El"]
    }
}

extension Expectation.Judgement {
    fileprivate var opening: String {
        switch self {
        case .right, .silent: ""
        case .wrong: "The document is wrong: "
        case .wrongOnLinux: "The document is wrong about Linux: "
        case .elsewhere: "Told of another system: "
        case .outdated: "No longer so: "
        }
    }
}
