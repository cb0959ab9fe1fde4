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
        file = try arguments.output.map { path throws(NetworkError) in try OutputFile(path) }
        standard = file == nil && !arguments.usesRemoteName ? try .standardOutput() : nil
    }

    /// Where the answer to a request goes.
    func place(for url: HTTPURL) throws(NetworkError) -> AnswerPlace {
        if let standard { return .standard(standard) }
        if let file { return .file(file) }
        return .file(try OutputFile(Word(Self.name(url))))
    }

    /// The last part of the path, as a name in this folder.
    private static func name(_ url: HTTPURL) throws(NetworkError) -> [UInt8] {
        let last = url.path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last ?? []
        let name = PercentCoding.decode(last) ?? []
        let isName =
            !name.isEmpty && name != Array(".".utf8) && name != Array("..".utf8)
            && !name.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
        guard isName else {
            throw NetworkError(
                .write, network: nil,
                cause: .invalid("\(url): '--remote-name' finds no file name at its end; name one with '--output'"))
        }
        return name
    }
}

/// Where one answer goes.
enum AnswerPlace {
    case standard(ByteSink)
    case file(OutputFile)

    var file: OutputFile? { if case .file(let file) = self { file } else { nil } }
}
