import SockKit

/// The files that options name to be written: no two of them may be one, whatever each is called.
///
/// That is looked at before any of them is opened, and emptied.
enum WrittenFiles {
    typealias Named = (option: String, file: Word?)

    static func check(_ files: [Named]) throws(UsageError) {
        // For one alone nobody need ask the kernel.
        guard files.count(where: { $0.file != nil }) > 1 else { return }
        var known: [(option: String, file: Word, place: FilePlace?)] = []
        for (option, file) in files {
            guard let file else { continue }
            let place = FileCalls.place(of: file.byteString)
            if let first = known.first(where: { $0.file == file || place != nil && $0.place == place }) {
                throw UsageError(
                    "'--\(first.option) \(first.file)' and '--\(option) \(file)' are one file", hint: "name two files")
            }
            known.append((option, file, place))
        }
    }

    /// None of them may be what one of the standard descriptors is.
    static func check(_ files: [Named], against descriptor: Int32) throws(UsageError) {
        let named = files.compactMap { named in named.file.map { (named.option, $0) } }
        guard !named.isEmpty, let place = FileCalls.place(of: descriptor) else { return }
        for (option, file) in named where FileCalls.place(of: file.byteString) == place {
            let stream = descriptor == 0 ? "standard input" : "standard output"
            throw UsageError("'--\(option) \(file)' is \(stream) as well", hint: "name another file")
        }
    }
}
