import Testing

@testable import sockctl

/// The course is whole, and every experiment is in the form that the documents of it need.
@Suite struct CourseTests {
    static let experiments: [Named] = Course.all.map(Named.init)

    struct Named: Sendable, CustomTestStringConvertible {
        let type: any Experiment.Type
        var testDescription: String { type.name }
    }

    @Test func `every behaviour is shown by an experiment, or listed with the reason`() {
        let shown = Set(Course.all.flatMap { $0.covers })
        let listed = Uncovered.all.map(\.behaviour)
        #expect(shown.isSubset(of: Behaviour.all))
        #expect(Set(listed).count == listed.count && listed.count <= 10)
        #expect(shown.isDisjoint(with: listed))
        let missing = Behaviour.all.filter { !shown.contains($0) && !listed.contains($0) }
        #expect(missing.isEmpty, "\(missing.map(Behaviour.name))")
    }

    @Test func `names are unique words with hyphens, and lead to their experiment`() {
        #expect(Set(Course.names).count == Course.names.count)
        for experiment in Course.all {
            #expect(experiment.name.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) != nil, "\(experiment.name)")
            #expect(Course.experiment(named: experiment.name).map { $0 == experiment } == true)
        }
    }

    @Test(arguments: experiments)
    func `its texts are sentences`(experiment: Named) {
        let experiment = experiment.type
        #expect(experiment.title.first?.isUppercase == true && !experiment.title.hasSuffix("."))
        #expect(experiment.title.count <= 100)
        // What no document speaks of may have a claim that says so.
        #expect(!experiment.claim.isEmpty || experiment.documents.isEmpty)
        #expect(!experiment.covers.isEmpty)
        #expect(experiment.question.hasSuffix("?"), "\(experiment.question)")
        #expect(experiment.lesson.hasSuffix("."))
        for text in [experiment.claim, experiment.question, experiment.lesson] {
            #expect(!text.contains("  ") && !text.contains("\n") && !text.contains("(s)"), "\(text)")
        }
        #expect(!experiment.typedLines.isEmpty)
        for line in experiment.typedLines { #expect(line.wholeMatch(of: /[1-9]?\$ .+/) != nil, "\(line)") }
    }

    @Test(arguments: experiments)
    func `its expectations can fail, and say what was found`(experiment: Named) {
        #expect(!experiment.type.expectations.isEmpty)
        for expectation in experiment.type.expectations {
            #expect(!expectation.checks.isEmpty, "\(expectation.here)")
            let verdict = expectation.verdict(on: Findings())
            #expect(!verdict.isMet, "nothing was found, and yet: \(expectation.here)")
            #expect(expectation.why.hasSuffix("."), "\(expectation.why)")
            #expect(expectation.says.isEmpty == (expectation.document == .silent))
            for text in [expectation.says, expectation.here, expectation.why] {
                #expect(!text.contains("  ") && !text.contains("(s)"), "\(text)")
            }
        }
    }
}
