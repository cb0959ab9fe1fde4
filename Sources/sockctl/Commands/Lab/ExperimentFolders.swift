import SockKit

/// The folders of the course's chapters: whatever is in them is an experiment.
enum ExperimentFolders {
    private static let folder = "Sources/sockctl/Lab"

    /// The source file that names every experiment of the repository at `root`; nil where there are none.
    static func list(in root: String) -> (path: String, text: String)? {
        guard Chapter.allCases.contains(where: { !names(in: "\(root)/\(folder)/\($0.rawValue)").isEmpty }) else {
            return nil
        }
        let cases = Chapter.allCases.map { chapter in
            let types = names(in: "\(root)/\(folder)/\(chapter.rawValue)").map { "\($0).self" }
            return "        case .\(chapter):\n            \(wrapped(types))"
        }
        let text = """
            // Written by `sockctl generate`: whatever stands in a chapter's folder.

            enum ExperimentList {
                static func experiments(of chapter: Chapter) -> [any Experiment.Type] {
                    switch chapter {
            \(cases.joined(separator: "\n"))
                    }
                }
            }

            """
        return ("\(folder)/Engine/ExperimentList.swift", text)
    }

    /// As the formatter breaks them.
    private static func wrapped(_ types: [String]) -> String {
        types.isEmpty ? "[]" : "[\n" + types.map { "                \($0),\n" }.joined() + "            ]"
    }

    /// The names of the files, which are those of the types in them; a file whose name has a `+` extends one.
    private static func names(in folder: String) -> [String] {
        var names: [String] = []
        guard let place = try? FolderCalls.open(KernelPath(folder.utf8)),
            let listing = try? FolderCalls.open(KernelPath("."), beneath: place.rawValue, for: .listing)
        else { return [] }
        while let more = try? FolderCalls.nextNames(in: listing.rawValue) {
            names += more.map { String(decoding: $0, as: UTF8.self) }
        }
        return names.filter { $0.hasSuffix(".swift") && !$0.contains("+") }.map { String($0.dropLast(6)) }.sorted()
    }
}
