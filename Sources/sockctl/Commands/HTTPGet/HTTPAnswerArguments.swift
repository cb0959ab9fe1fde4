/// What `http-get` does with an answer.
struct HTTPAnswerArguments: Equatable, Sendable {
    var includesHead = false
    var firstLineOnly = false
    var follows = false
    var maximumRedirects = 10
    var failure = FailureMode.none
    var output: Word?
    var usesRemoteName = false
    var continues = false
    var retries = 0

    /// The file of `--output`; nil where that is standard output.
    var file: Word? { output == "-" ? nil : output }

    /// What an answer with a status of 400 and above is.
    enum FailureMode: Equatable, Sendable {
        /// An answer as any other.
        case none
        /// A failure, with nothing to print.
        case fails
        /// A failure, whose body is printed all the same.
        case failsWithBody
    }

    static let rows: [Row<HTTPAnswerArguments>] = [
        .flag("include", short: "i", into: \.includesHead, help: "Print the head of each answer before its body.")
            .excludes(
                "first-line", reason: "'--include' and '--first-line' exclude each other: one is a part of the other"),
        .flag(
            "first-line", into: \.firstLineOnly, help: "Print the first line of the answer and nothing else.",
            detail: "The version, the status and the phrase: `HTTP/1.1 200 OK`. The body is not waited for."
        ).excludes(
            "output", "remote-name", reason: "'{other}' is for the body, and '--first-line' prints none"),
        .flag(
            "location", short: "L", into: \.follows, help: "Go where a redirect leads.",
            detail: """
                After 301, 302 and 303 a POST becomes a GET; after 307 and 308 it is sent again. A user and a password, \
                and what `--header` has of `Authorization` and `Cookie`, go to no other host. A redirect that leads \
                nowhere, for want of a Location or because the body cannot be sent again, is the answer, and told; one to \
                what is not spoken here is status 65.
                """),
        .option(
            "max-redirects", as: .count(0...1000), into: \.maximumRedirects, help: "So many redirects are followed.",
            detail: "One more is an error, with status 65."
        ).needs(
            "location", reason: "'--max-redirects' is about redirects that are followed: give '--location'"),
        .flag(
            "fail", short: "f", into: \.failure, value: .fails, help: "A status of 400 and above is a failure: 1.",
            detail: "The answer's body is then not printed."
        ).overriding("fail-with-body"),
        .flag(
            "fail-with-body", into: \.failure, value: .failsWithBody,
            help: "As --fail, and print the body all the same."
        ).manualOnly.overriding("fail"),
        .option(
            "output", short: "o", as: .file, into: \.output, help: "Write the body to a file.",
            detail: """
                `-` is standard output. A file that exists keeps what it holds until an answer's body begins. What came of a body that ended too \
                soon is kept, and told; `--continue` goes on with it. Of several URLs, and under load, each body is put \
                behind the one before it, whole.
                """
        ).excludes("remote-name", reason: "'--output' and '--remote-name' both name the file"),
        .flag(
            "remote-name", short: "O", into: \.usesRemoteName, help: "Write it to a file named as the URL's last part."),
        .flag(
            "continue", short: "C", aliases: ["continue-at"], into: \.continues,
            help: "Ask only for what the file lacks.",
            detail: """
                The file of `--output` or `--remote-name` is gone on with, if the server has ranges and what it serves is \
                still the same; else it is written anew. Which version a file is of is known of one that an earlier run \
                began, where the file system keeps extended attributes; any other is taken at its word. A file that is whole stays as it is. So does one for which any \
                other answer comes, as 404: the status is then 1, without `--fail` too. `-C -`, as curl wants it, is the same; \
                an offset is not taken.
                """
        ).followed(by: "-", advice: HTTPGetArguments.noOffset)
            .needs(
                "output", "remote-name",
                reason: "'--continue' goes on with a file: name it with '--output' or '--remote-name'"
            )
            .excludes("include", reason: "'--include' writes the head into the file that '--continue' goes on with")
            .excludes(
                "head", "data", "json-body", "upload-file",
                reason: "'--continue' is about a body that is got, not '{other}'"),
        .option(
            "retry", as: .count(1...1000), into: \.retries, help: "Try again so often what time may mend.",
            detail: """
                That is a connection that fails or breaks, a time-out, and the statuses 408, 429, 500, 502, 503, 504, 522 \
                and 524; nothing of which a part was printed. The first wait is 1 s, and each is twice the one before; \
                `Retry-After` overrules that. If it asks for more than an hour, `--timeout`, or what is left of \
                `--max-time`, the answer is the last, which is told.
                """),
    ].titled("The answer")
}
