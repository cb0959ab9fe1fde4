import SockKit

/// What the answers of an HTTP server have in common, and who gets any.
struct AnswerArguments: Equatable, Sendable {
    var origins: [String] = []
    var fields: [Fields.Element] = []
    var credentials: String?

    static let rows: [Row<AnswerArguments>] = [
        .option(
            "auth", as: .credentials, into: \.credentials, help: "Answer only who has this name and password.",
            detail: """
                Anybody else gets 401 (Basic authentication). Both go over the network as good as in the clear, and \
                other users of this machine see them in its list of processes.
                """),
        .list(
            "cors", as: .origin, into: \.origins, help: "Let pages of this origin read the answers.",
            detail: """
                As in `https://example.org`, or `*` for pages from anywhere. What a browser asks beforehand \
                (OPTIONS) is answered with the methods that the path has. With `--auth`, pages of the origins that are \
                named may send the password along.
                """
        ),
        .list(
            "header", as: .field, into: \.fields, help: "Add a field to every answer.",
            detail: "A name, a colon and a value, as in `'Cache-Control: no-cache'`. The pages of `--cors` may read it."
        ),
    ].titled("Answers")

    /// A handler that does all this around another one.
    func around(_ inner: any HTTPHandler) -> any HTTPHandler {
        var handler = inner
        if let credentials = credentials.flatMap({ BasicCredentials($0) }) {
            handler = AuthenticationHandler(credentials, handler)
        }
        // Outside: a browser's question whether it may ask comes without the password, and its page may read a refusal.
        if !origins.isEmpty {
            handler = CrossOriginHandler(
                origins.contains("*") ? .any : .only(origins), takesCredentials: credentials != nil,
                exposing: fields.map(\.name), handler)
        }
        if !fields.isEmpty {
            var common = Fields()
            for field in fields { common.append(field.name, field.value) }
            handler = CommonFieldsHandler(common, handler)
        }
        return handler
    }
}
