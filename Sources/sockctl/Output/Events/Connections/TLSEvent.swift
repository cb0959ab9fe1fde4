import SockKit

struct TLSEvent: Event {
    static let name = "tls"
    static let level = EventLevel.verbose
    static let summary = "Both sides have agreed on TLS, and who the other one is."
    static let fields =
        Field.ends(\.ends) + [
            Field("version", "The version: `TLSv1.3`.", \.report.version),
            Field("cipher", "How the bytes are hidden, by its name in the standards.", \.report.cipher),
            Field("group", "How the key was agreed on.", \.report.group),
            Field("signature", "With what kind of key the other side proved itself.", \.report.signature),
            Field("alpn", "The protocol above TLS, where one was agreed on.", \.report.alpn),
            Field("server_name", "The name that the server was asked for.", \.report.serverName),
            Field("resumed", "Whether an earlier session was taken up again.", \.report.isResumed),
            Field("verified", "Whether the other side was proven to be whom it should be.", \.report.isVerified),
            Field("reason", "Why it was not.", \.report.reason),
            Field("kernel", "Whether the kernel hides the bytes, or why not.", \.report.kernel),
            Field("seconds", "How long it took.", \.report.duration),
            Field("messages", "What went by: `name`, `bytes`, whether it was `sent`, and its `seconds`.") {
                (event: Self) in
                event.report.messages.isEmpty ? nil : JSONValue.array(event.report.messages.map(\.json))
            },
            Field("root", "The trusted issuer that the chain leads to.", \.report.root),
            Field(
                "chain",
                "The other side's certificates, its own first: `subject`, `issuer`, `names`, `not_before`, `not_after`, `days_left`, `pin`.",
                \.report.chain),
        ]

    let ends: Ends
    let report: TLSReport

    func text(on terminal: Terminal) -> String {
        TLSWording(report, terminal).lines.joined(separator: "\n")
    }
}

extension TLSMessage: JSONRepresentable {
    var json: JSONValue {
        .object([
            .init("name", .string(name)), .init("bytes", .integer(bytes)), .init("sent", .boolean(isSent)),
            .init("seconds", .seconds(time)),
        ])
    }
}

extension CertificateFacts: JSONRepresentable {
    var json: JSONValue {
        .object([
            .init("subject", .string(subject)), .init("issuer", .string(issuer)),
            .init("names", .array(names.map { .string($0) })), .init("not_before", .string(beginning)),
            .init("not_after", .string(end)), .init("days_left", .integer(daysLeft)),
            .init("pin", .string(pin.description)),
        ])
    }
}
