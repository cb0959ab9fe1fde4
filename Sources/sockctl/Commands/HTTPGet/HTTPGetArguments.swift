import SockKit

/// What `http-get` takes.
struct HTTPGetArguments: Equatable, Sendable {
    var given = Given()
    var urls: [Word] = []
    var request = HTTPRequestArguments()
    var answer = HTTPAnswerArguments()
    var transport = HTTPTransportArguments()
    var load = HTTPLoadArguments()
    var maximumTime: Duration?
    var proxy = ProxyArguments()
    var tls = TLSArguments()
    var network = NetworkArguments()
    var socket = SocketArguments()
    var common = CommonArguments()

    static let rows: [Row<HTTPGetArguments>] =
        [
            .positional(
                "url", 1...Int.max, into: \.urls, help: "What to get: http://host:port/path, or https://, or neither.",
                detail: """
                    `PORT`, `:PORT` and `:PORT/PATH` are localhost. Several are asked for one after the other, over the same connections where they can be kept. A user \
                    and a password in it, `http://USER:PASS@HOST/`, are sent as `--user` sends them.
                    """)
        ]
        + HTTPRequestArguments.rows.lifted(through: \.request)
        + HTTPAnswerArguments.rows.lifted(through: \.answer) + connectionRows
        + HTTPLoadArguments.rows.lifted(through: \.load) + networkRows + socketRows
        + CommonArguments.rows.lifted(through: \.common)

    private static let connectionRows: [Row<HTTPGetArguments>] =
        HTTPTransportArguments.rows.lifted(through: \.transport)
        + (proxyRows + [maximumTimeRow]).titled(HTTPTransportArguments.title)

    private static let proxyRows: [Row<HTTPGetArguments>] = ProxyArguments.rows
        .map { row in
            row.excludes("unix-socket", reason: "'{option}' has no meaning for a Unix socket")
        }
        .lifted(through: \.proxy)

    private static let maximumTimeRow: Row<HTTPGetArguments> = .option(
        "max-time", as: .limitAboveZero, into: \.maximumTime, help: "Give up after this long in all.",
        detail:
            "It counts from the start of the program, over all requests and retries; the status is 75. \(EndingArguments.lastReports)"
    )

    /// Those that have a meaning for HTTP, without the short names that mean something else here.
    private static let networkRows: [Row<HTTPGetArguments>] = NetworkArguments.rows
        .filter { ["ipv4", "ipv6", "no-dns", "resolve"].contains($0.info.name) }
        .map { row in
            var row = row
            row.info.visibility = row.info.name == "resolve" ? .shown : .manualOnly
            return row.excludes(
                "unix-socket", reason: "'--unix-socket' asks no address: '{option}' has no use beside it")
        }
        .lifted(through: \.network)

    private static let socketRows: [Row<HTTPGetArguments>] = SocketArguments.rows
        .filter { $0.info.short == nil }
        .map { $0.excludes("unix-socket", reason: "'{option}' has no meaning for a Unix socket") }
        .lifted(through: \.socket)

    init() {
        // Go's transport probes less often than its dialer does by itself.
        socket.keepAlive = KeepAlive(idle: .seconds(30), interval: .seconds(30))
    }

    /// What is to be said where curl would take one.
    static let noOffset = "an offset is not taken: it goes on where the file ends"

    /// Whether requests are made to measure them, and not for what they give.
    var isLoad: Bool { load.repetitions != nil || load.duration != nil }

    /// What is said of TLS is said in vain where nothing is hidden by it.
    private func checkScheme() throws(UsageError) {
        guard TLSArguments.furtherNames.contains(where: given.contains), !answer.follows,
            let option = TLSArguments.urlRows.map(\.info.name).first(where: given.contains),
            !urls.contains(where: { $0.text.lowercased().hasPrefix("https:") })
        else { return }
        throw UsageError(
            "'--\(option)' is about TLS, and no URL begins with https://", hint: "in clear is what http:// says")
    }

    func validate() throws(UsageError) {
        try proxy.validate()
        try tls.validate()
        try checkScheme()
        if urls.contains("-") {
            throw UsageError("'-' is no URL", hint: "write http://HOST/")
        }
        if load.duration == .zero { throw UsageError("'--duration 0' would be over at once: give a time above 0") }
        if request.user != nil, request.hasField("Authorization") {
            throw UsageError("'--user' and '--header Authorization' say the same thing twice: leave out one")
        }
        if request.uploads == "-", isLoad || urls.count > 1 {
            throw UsageError("'--upload-file -' reads standard input, which is there only once")
        }
        if answer.continues, urls.count > 1, let offset = urls.first(where: { Decimal.isDigits($0.text[...]) }) {
            throw UsageError("'--continue' takes no value, but was given '\(offset)'", hint: Self.noOffset)
        }
        if answer.continues, let name = ["Range", "If-Range"].first(where: request.hasField) {
            throw UsageError("'--continue' says by itself where to go on, and '--header \(name)' says otherwise")
        }
        if answer.continues, answer.output == "-" {
            throw UsageError("'--continue' goes on with a file, and '--output -' is standard output")
        }
        if answer.output != nil, answer.continues, urls.count > 1 {
            throw UsageError("'--continue' goes on with one file, and there are \(urls.count) URLs", hint: "use -O")
        }
        let written: [WrittenFiles.Named] = [("output", answer.file), ("svg", load.picture.svg)] + tls.writtenFiles
        try WrittenFiles.check(written)
        var seen: Set<Word> = []
        for word in urls {
            let url = try HTTPURL(word)
            guard answer.usesRemoteName else { continue }
            guard let name = url.fileName else {
                throw UsageError(
                    "'--remote-name': '\(url)' has no file name at its end", hint: "name one with --output")
            }
            // One after the other may go to one file.
            if seen.insert(name).inserted { try WrittenFiles.check([("remote-name", name)] + written) }
        }
    }
}

extension HTTPGetArguments: RunArguments {}

extension HTTPURL {
    /// Reads a URL from the command line.
    init(_ word: Word) throws(UsageError) {
        guard String(validating: word.bytes, as: UTF8.self) != nil else {
            throw UsageError("a URL is not UTF-8", hint: "write its other bytes as two hexadecimal digits: %FF")
        }
        if let path = Self.socketPath(word.text) {
            throw UsageError(
                "'\(word)' is the address of a Unix socket, and no URL", hint: "--unix-socket \(path) http://localhost/"
            )
        }
        do throws(Failure) { try self.init(Self.naming(word.text), guessing: true) } catch {
            throw UsageError(
                "'\(Self.withoutUser(word.text))': \(error)", hint: "write it like http://127.0.0.1:3000/time")
        }
    }

    /// What other commands take for a Unix socket. A host may have that name, too: then a port follows.
    private static func socketPath(_ text: String) -> Substring? {
        let path = text.dropFirst("unix:".count)
        guard text.hasPrefix("unix:"), let first = path.first else { return nil }
        return Decimal.isDigits(String(first)[...]) ? nil : path
    }

    /// A port alone, perhaps behind a colon, is one of this machine, as in every address of the command line.
    private static func naming(_ text: String) -> String {
        let place = text.prefix { !"/?#".contains($0) }
        let port = place.hasPrefix(":") ? place.dropFirst() : place
        guard !port.isEmpty, Decimal.isDigits(port) else { return text }
        return "http://localhost:\(port)\(text[place.endIndex...])"
    }

}
