import SockKit

/// Where the answers of one command line go: standard output, one file for all, or a file for each.
@Netpoller
final class AnswerOutput {
    /// nil where files get everything.
    let standard: ByteSink?
    private let file: OutputFile?
    private let arguments: HTTPAnswerArguments

    init(_ arguments: HTTPAnswerArguments) throws(NetworkError) {
        self.arguments = arguments
        file = try arguments.file.map { path throws(NetworkError) in try OutputFile(path) }
        standard = file == nil && !arguments.usesRemoteName ? try .standardOutput() : nil
    }

    /// Where the answer to a request goes.
    func place(for url: HTTPURL) throws(NetworkError) -> AnswerPlace {
        if let standard { return .standard(standard) }
        if let file { return .file(file) }
        guard let name = url.fileName else { preconditionFailure("the command line was looked at") }
        return .file(try OutputFile(name))
    }
}

extension HTTPURL {
    /// The last part of the path, if it can be the name of a file in this folder.
    var fileName: Word? {
        let last = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last ?? []
        guard let name = PercentCoding.decode(last), !name.isEmpty else { return nil }
        let isFolder = name == Array(".".utf8) || name == Array("..".utf8)
        return isFolder || name.contains { $0 == UInt8(ascii: "/") || $0 == 0 } ? nil : Word(name)
    }
}

/// Where one answer goes.
enum AnswerPlace {
    case standard(ByteSink)
    case file(OutputFile)

    var file: OutputFile? { if case .file(let file) = self { file } else { nil } }
}
