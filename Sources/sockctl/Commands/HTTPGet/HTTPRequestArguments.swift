import SockKit

/// What a request of `http-get` is made of.
struct HTTPRequestArguments: Equatable, Sendable {
    var method: String?
    var isHead = false
    var fields: [RequestField] = []
    /// Each is joined to the one before by an ampersand, as a form's fields are.
    var data: [Word] = []
    var json: Word?
    var uploads: Word?
    var user: String?

    /// Whether one of this name is said to be sent, or left out.
    func hasField(_ name: String) -> Bool {
        fields.contains { $0.name.lowercased() == name.lowercased() }
    }

    static let rows: [Row<HTTPRequestArguments>] = [
        .option(
            "request", short: "X", as: .method, into: \.method, help: "The method, instead of GET.",
            detail: "It is sent as it is written: methods are upper case. With `--data` POST is the default."),
        .flag(
            "head", short: "I", into: \.isHead, help: "Ask for the head alone, and print it.",
            detail: "The method is HEAD."
        )
        .excludes("request", reason: "'--head' is the method HEAD: leave out '--request'")
        .excludes(
            "data", "json-body", "upload-file", reason: "'--head' asks for a head, and '{other}' sends a body"),
        .list(
            "header", short: "H", as: .requestField, into: \.fields, help: "Send this field, `NAME: VALUE`.",
            detail: """
                It takes the place of one that would be sent by itself, as `Accept` or `Host`. `NAME:` leaves that one \
                out, `NAME;` sends it empty. How long the body is, the program says by itself.
                """),
        .list(
            "data", short: "d", as: .bytes("DATA", mayBeEmpty: true, completion: .files), into: \.data,
            help: "Send this as the body, or a file: @FILE.",
            detail: """
                As it is, without escapes; `@-` is standard input. The method is then POST and the type that of a form. \
                Given again, it is joined with an ampersand. Empty, it is a POST without content.
                """
        )
        .excludes(
            "json-body", "upload-file", reason: "'--data' and '{other}' exclude each other: a request has one body"),
        .option(
            "json-body", as: .bytes("TEXT", completion: .files), into: \.json,
            help: "Send this as a body of JSON, or a file: @FILE.",
            detail: "As it is, with `Content-Type` and `Accept` of JSON; the method is POST."
        ).excludes(
            "upload-file", reason: "'--json-body' and '--upload-file' exclude each other: a request has one body"),
        .option(
            "upload-file", short: "T", as: .file, into: \.uploads, help: "Send a file with PUT.",
            detail: """
                `-` is standard input, in chunks, for its length is not known. A URL that ends with a slash gets the \
                file's name behind it.
                """
        ).excludes(
            "retry", valued: "-", reason: "'--upload-file -' reads standard input, which cannot be sent a second time"),
        .option(
            "user", short: "u", as: .userAndPassword, into: \.user, help: "The user's name and password.",
            detail: "They are sent as RFC 7617 says (Basic): readable to whoever sees the bytes."
        ),
    ].titled("The request")
}

/// A field as the command line gives it.
struct RequestField: Equatable, Sendable {
    let name: String
    /// nil leaves out the field that would be sent by itself.
    let value: String?
}

extension ValueType where Value == RequestField {
    /// `NAME: VALUE`, `NAME:` or `NAME;`.
    static var requestField: Self {
        Self(placeholder: "FIELD") { (text: String) throws(UsageError) in
            let end = text.firstIndex { $0 == ":" || $0 == ";" } ?? text.endIndex
            let name = String(text[..<end])
            guard end < text.endIndex else {
                throw UsageError("'\(text.fieldShown)' is no field; write it like 'Accept: text/html'")
            }
            let rest = text[text.index(after: end)...].drop { $0 == " " || $0 == "\t" }
            if text[end] == ";", !rest.isEmpty {
                throw UsageError("'\(text.fieldShown)' is no field; write it like 'Accept: text/html'")
            }
            let value: String? = text[end] == ";" ? "" : rest.isEmpty ? nil : String(rest)
            try check(name, value ?? "", text)
            return RequestField(name: name, value: value)
        } show: {
            "\($0.name): \($0.value ?? "")"
        }
    }

    private static func check(_ name: String, _ value: String, _ text: String) throws(UsageError) {
        if text.hasLineEnd { throw UsageError("'\(text.fieldShown)' cannot be sent: \(String.lineEndInField)") }
        var writer = MessageWriter()
        do throws(HTTPRefusal) { try writer.append(name, value) } catch {
            throw UsageError("'\(text.fieldShown)' cannot be sent: \(error.fault.text)")
        }
        if name.lowercased() == "host", text.hasSuffix(":") {
            throw UsageError("'\(text)': a request without Host is none of HTTP/1.1")
        }
        if ["content-length", "transfer-encoding"].contains(name.lowercased()) {
            throw UsageError(
                "'\(text.fieldShown)' cannot be chosen: how long the body is follows from the body",
                hint: "to send any bytes at all: printf '...' | sockctl dial HOST 80")
        }
    }
}

extension ValueType where Value == String {
    /// The name of a method: a token.
    static var method: Self {
        Self(placeholder: "METHOD", completion: .words(["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])) {
            (text: String) throws(UsageError) in
            do throws(HTTPRefusal) { _ = try RequestHead(HTTPMethod(text), text == "CONNECT" ? "a:1" : "/") } catch {
                throw UsageError("'\(text)' is no method; one is a word like GET, POST or PUT")
            }
            guard text != "CONNECT" else {
                throw UsageError("CONNECT makes a tunnel of a connection: there is no answer to get")
            }
            return text
        } show: {
            $0
        }
    }

    /// `USER:PASS`.
    static var userAndPassword: Self {
        Self(placeholder: "USER:PASS") { (text: String) throws(UsageError) in
            guard text.contains(":") else { throw UsageError("there is no password; write USER:PASS") }
            return text
        } show: {
            $0
        }
    }
}
