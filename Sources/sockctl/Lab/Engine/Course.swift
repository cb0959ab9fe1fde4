/// The course: every experiment, by chapter.
enum Course {
    /// The chapters in the order of teaching; in each, the experiments in the order of the behaviours that they show.
    static let chapters: [(chapter: Chapter, experiments: [any Experiment.Type])] = Chapter.allCases.compactMap {
        chapter in
        let own = ExperimentList.experiments(of: chapter).sorted {
            ($0.covers.first ?? 0, $0.name) < ($1.covers.first ?? 0, $1.name)
        }
        return own.isEmpty ? nil : (chapter, own)
    }

    static let all: [any Experiment.Type] = chapters.flatMap(\.experiments)

    static let names: [String] = all.map { $0.name }

    static func experiment(named name: String) -> (any Experiment.Type)? { all.first { $0.name == name } }

    /// Where an experiment stands.
    static func chapter(of experiment: any Experiment.Type) -> Chapter {
        chapters.first { $0.experiments.contains { $0 == experiment } }?.chapter ?? .listening
    }
}
