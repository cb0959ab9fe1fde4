/// The files that options name to be written: no two of them may be one.
enum WrittenFiles {
    static func check(_ files: (option: String, file: Word?)...) throws(UsageError) {
        for (index, last) in files.enumerated() {
            guard let file = last.file, let first = files[..<index].first(where: { $0.file == file }) else { continue }
            throw UsageError(
                "'--\(first.option) \(file)' and '--\(last.option) \(file)' are one file", hint: "name two files")
        }
    }
}
