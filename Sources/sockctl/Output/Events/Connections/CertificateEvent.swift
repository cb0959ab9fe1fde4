import SockKit

struct CertificateEvent: Event {
    static let name = "certificate"
    static let level = EventLevel.always
    static let summary = "A server made its own certificate, or read those of its files again."
    static let fields = [
        Field("subject", "Whose it is.", \.facts.subject),
        Field("names", "The names and addresses it is for.") { (event: Self) in
            JSONValue.array(event.facts.names.map { .string($0) })
        },
        Field("not_after", "When it ends.", \.facts.end),
        Field("pin", "Its SHA-256, for `--tls-pin`.", \.facts.pin.description),
    ]

    let facts: CertificateFacts
    /// It was made here, and nobody can know it but by its pin.
    let isOwn: Bool

    func text(on terminal: Terminal) -> String {
        guard isOwn else {
            return "certificate read: \(facts.subject.printable), until \(facts.end)"
        }
        return
            "made a certificate until \(facts.end); clients know it by --tls-pin \(terminal.paint(facts.pin.description, .address))"
    }
}
