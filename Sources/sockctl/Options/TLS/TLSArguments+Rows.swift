import SockKit

/// The options about TLS.
extension TLSArguments {
    static let title = "TLS"

    private static let needEither =
        "'{option}' is about certificates of others: give '--tls' or '--tls-verify-client' too"
    private static let need = "'{option}' is about TLS: give '--tls' too"

    // MARK: - How it is begun, which the help screens show

    /// By a command that connects.
    static let clientStart = start("Speak TLS, and prove whom was reached.", datagrams: true).connected.excludes(
        "proxy", without: .connection,
        reason:
            "'--proxy' leads datagrams as they are, and TLS would have to be spoken through it: leave out one of them"
    ).titled("Connecting")

    /// By one that listens.
    static let serverStart = start("Speak TLS, with a given certificate or its own.", datagrams: true).connected
        .titled("Peers")

    /// By one that has no datagrams.
    static let webServerStart = start("Speak TLS, with a given certificate or its own.", datagrams: false)

    /// By one that does both.
    static let forwardStart: [Row<TLSArguments>] = [
        start("Speak TLS to the targets, and prove whom was reached.", datagrams: false).titled("Peers"),
        .flag(
            "tls-accept", into: \.accepts, help: "Speak TLS with the peers.",
            detail: "With `--tls-cert` and `--tls-key`, or with a certificate that is made here. See TLS."
        ).titled("Peers").needs(.stream, reason: "'{option}' is about streams, and {network} carries messages"),
    ]

    /// By one that sends datagrams.
    static let senderStart = start("Speak TLS, and prove whom was reached.", datagrams: true).excludes(
        "proxy", "unconnected", "broadcast", "multicast-interface",
        reason: "'{other}' is about datagrams as they are, and under '--tls' there is one peer who reads them"
    ).titled("Peers")

    /// By one that receives them.
    static let receiverStart = start("Speak TLS, with a given certificate or its own.", datagrams: true).excludes(
        "join", "first-read-delay", "min-ttl",
        reason: "'{other}' is about datagrams as they come, and under '--tls' they have to be agreed on first"
    ).titled("Receiving")

    // MARK: - The rest, which is for the manual

    /// What the rows below are called: a command line without any of these is read without them.
    static let furtherNames: Set<String> = [
        "tls-ca", "tls-name", "tls-pin", "tls-insecure", "tls-crl", "tls-verify-client", "tls-cert", "tls-key",
        "tls-password-file", "tls-alpn", "tls-min", "tls-max", "tls-ciphers", "tls-key-log", "tls-handshake-timeout",
        "tls-half-close", "tls-session", "starttls", "tls-days", "svg",
    ]

    /// All options about TLS of a command that connects.
    static let names = furtherNames.union(["tls"])

    /// The rows of a command, behind one of its own; `rows` is called when one of them is given.
    static func further<Arguments>(
        behind place: String = "tls", of rows: @escaping @Sendable () -> [Row<Arguments>]
    ) -> RowGroup<Arguments> {
        RowGroup(place: place, names: furtherNames, make: rows)
    }

    static let clientRows = manual((trust + identity(ofServer: false) + common + clientOnly).map(needsTLS))

    static let serverRows = manual(
        (identity(ofServer: true) + serverTrust + clientProof + common).map(needsTLS))

    /// A certificate of a forwarder is for its peers, where TLS is spoken with them, and else for its targets.
    static let forwardRows = manual(
        (trust + clientOnly.filter { !["tls-days", "svg"].contains($0.info.name) }).map { row in
            // Peers have issuers as well, and certificates that were taken back.
            ["tls-ca", "tls-crl"].contains(row.info.name)
                ? row.needs("tls", "tls-verify-client", reason: needEither) : needsTLS(row)
        }
            + clientProof.map {
                $0.needs("tls-accept", reason: "'{option}' is about TLS with peers: give '--tls-accept' too")
            }
            + (identity(ofServer: true) + common.filter { $0.info.name != "tls-half-close" }).map { row in
                row.needs("tls", "tls-accept", reason: "'{option}' is about TLS: give '--tls' or '--tls-accept' too")
            })

    /// Of a client that is told by its URL.
    static let urlRows = manual(
        (trust + identity(ofServer: false) + common + clientOnly)
            .filter { !["starttls", "tls-days", "svg", "tls-half-close", "tls-alpn"].contains($0.info.name) })

    static let senderRows = manual(
        (trust + identity(ofServer: false) + common + clientOnly)
            .filter { !["starttls", "tls-days", "svg", "tls-half-close"].contains($0.info.name) }.map(needsTLS))

    static let receiverRows = manual(
        (identity(ofServer: true) + serverTrust + clientProof + common)
            .filter { $0.info.name != "tls-half-close" }.map(needsTLS))

    private static func manual(_ rows: [Row<TLSArguments>]) -> [Row<TLSArguments>] {
        rows.titled(title).map(\.manualOnly)
    }

    private static func needsTLS(_ row: Row<TLSArguments>) -> Row<TLSArguments> {
        row.needs("tls", reason: need)
    }

    private static func start(_ help: String, datagrams: Bool) -> Row<TLSArguments> {
        let row: Row<TLSArguments> = .flag(
            "tls", aliases: ["ssl"], into: \.isOn, help: help,
            detail:
                "TLS 1.2 or 1.3, by the system's OpenSSL\(datagrams ? "; of datagrams it is DTLS 1.2" : ""). See TLS.")
        let reason = "'{option}' hides the bytes of streams and of UDP, and {network} has neither"
        return datagrams
            ? row.needs(.securable, reason: reason)
            : row.needs(.stream, reason: "'{option}' is about streams, and {network} carries messages")
    }

    // MARK: - Whom to believe

    private static let trust: [Row<TLSArguments>] = [
        .list(
            "tls-ca", as: .file, into: \.authorities,
            help: "Trust the issuers of this file or folder, not the system's.",
            detail: "Certificates in PEM; of a folder those with names by `openssl rehash`."),
        .option(
            "tls-name", as: .word("NAME"), into: \.name, help: "The certificate has to be for this name.",
            detail:
                "The server is asked for it as well (SNI). Without it, it is the name or the address that was dialled."),
        .list(
            "tls-pin", as: .pin, into: \.pins, help: "Trust the certificate that has this SHA-256, and no other.",
            detail: """
                64 hexadecimal digits, perhaps with colons, as `-v` shows them and as a server says that made its own. \
                Neither issuer nor name nor date matter then.
                """
        ).excludes(
            "tls-ca", "tls-crl",
            reason: "'--tls-pin' trusts one certificate, whoever issued it: leave out '{other}'"),
        .flag(
            "tls-insecure", into: \.isInsecure, help: "Go on whatever is wrong with the certificate.",
            detail: "What is wrong is told each time on standard error, even with `--quiet`."
        ).excludes(
            "tls-pin", reason: "'--tls-insecure' takes any certificate, and '--tls-pin' one: leave out one of them"),
        .option(
            "tls-crl", as: .file, into: \.revocations, help: "Refuse certificates that this list takes back.",
            detail: "A list of revoked certificates (CRL) in PEM."
        ).manualOnly,
    ]

    /// What a server asks of its clients.
    private static let clientProof: [Row<TLSArguments>] = [
        .flag(
            "tls-verify-client", into: \.verifiesClients, help: "Serve only clients that prove who they are.",
            detail: "By a certificate whose issuer is in `--tls-ca`, or known to the system."
        ).manualOnly
    ]

    // MARK: - Who one is

    private static func identity(ofServer isServer: Bool) -> [Row<TLSArguments>] {
        [
            .list(
                "tls-cert", as: .file, into: \.certificates, help: "This side's certificate.",
                detail: isServer
                    ? """
                    In PEM, with those that lead to its root behind it. Given several times, each with its key, a client \
                    gets the one for the name it asks for, and else the first. SIGHUP reads the files again.
                    """ : "In PEM, with those that lead to its root behind it, for a server that asks who this is."),
            .list(
                "tls-key", as: .file, into: \.keys, help: "The key of that certificate.",
                detail: "In PEM; without it the key is in the certificate's file."
            ).needs("tls-cert", reason: "'--tls-key' is the key of a certificate: give '--tls-cert' too"),
            .option(
                "tls-password-file", as: .file, into: \.passwordFile,
                help: "Open the key with the first line of this file.",
                detail: "Nobody is asked for a password. `/dev/fd/3` is a descriptor."
            ).manualOnly.needs(
                "tls-cert", reason: "'--tls-password-file' opens the key of a certificate: give '--tls-cert' too"),
        ]
    }

    /// Whose certificates clients may have.
    private static let serverTrust = trust.filter { ["tls-ca", "tls-crl"].contains($0.info.name) }.map {
        $0.needs(
            "tls-verify-client", reason: "'{option}' is about certificates of clients: give '--tls-verify-client' too")
    }

    // MARK: - How to speak

    private static let common: [Row<TLSArguments>] = [
        .option(
            "tls-alpn", as: .protocols, into: \.protocols, help: "The protocols above TLS, the best first.",
            detail: "Names with commas between, as `h2,http/1.1` (ALPN, RFC 7301)."
        ).manualOnly,
        .option("tls-min", as: .choice("VERSION"), into: \.minimum, help: "The oldest version: 1.2 or 1.3.").manualOnly,
        .option("tls-max", as: .choice("VERSION"), into: \.maximum, help: "The newest version: 1.2 or 1.3.").manualOnly,
        .option(
            "tls-ciphers", as: .word("LIST"), into: \.ciphers, help: "The ciphers that may be used.",
            detail: """
                Names with colons between; those that begin with TLS_ are of TLS 1.3, the others of 1.2, and of a version of \
                which none is named nothing is spoken. See openssl-ciphers(1).
                """
        ).manualOnly,
        .option(
            "tls-key-log", as: .file, into: \.keyLog, help: "Write the secrets to this file, for Wireshark.",
            detail: """
                Whoever has them reads all that was said: the file is made for its owner only, and a file or a pipe of \
                another user is refused with 73. Where they cannot be written, as on a full disk, that is told once and \
                nothing more is written; a command that comes to a good end otherwise ends with 73. The variable \
                SSLKEYLOGFILE is as good, unless the option is given; where it names no file that can be written, that \
                is told and nothing ends for it.
                """
        ).manualOnly,
        .option(
            "tls-handshake-timeout", as: .limit, into: \.handshakeTimeout,
            help: "Give up a handshake that takes longer.",
            detail: "The status is 75."
        ).manualOnly,
        .flag(
            "tls-half-close", into: \.saysEnd, help: "Tell the peer when standard input ends.",
            detail: """
                By close_notify, after which reading goes on. Without it the peer is not told: some stop answering \
                then. `--send-only` tells it, and closes.
                """
        ).manualOnly.excludes(
            "zero", "no-shutdown", reason: "'{option}' says when to tell the end, and with '{other}' nobody does"),
    ]

    private static let clientOnly: [Row<TLSArguments>] = [
        .option(
            "tls-session", as: .file, into: \.session,
            help: "Take up the session of this file, and keep the next in it.",
            detail: """
                A resumed session needs no certificate. The file is made for its owner only. Where it cannot be written \
                it stays as it was, that is told once, and the status is 73 if all else went well.
                """
        ).manualOnly,
        .option(
            "starttls", as: .choice("PROTOCOL"), into: \.starter, help: "Begin in clear, as mail servers do.",
            detail: """
                What the protocol wants is said until the server agrees to TLS: `smtp`, `imap`, `pop3`, `ftp`, `postgres`, \
                `mysql`, `ldap` or `xmpp`. A server that sends more before TLS begins is refused.
                """
        ).manualOnly.needs(.stream, reason: "'{option}' begins in clear on a stream, and {network} carries messages"),
        .option(
            "tls-days", as: .count(), into: \.days, help: "With -z: 1 when the certificate ends sooner."
        ).manualOnly.needs("zero", reason: "'--tls-days' is about a certificate that is looked at: give '-z' too")
            .excludes(
                "tls-session",
                reason: "'{option}' judges today's certificate, and a session may hold an old one: leave out '{other}'"
            ),
        .option(
            "svg", as: .file, into: \.svg, help: "With -z: write the handshake as an SVG sequence diagram.",
            detail: "A file that exists is replaced."
        ).manualOnly.needs("zero", reason: "'--svg' draws a handshake that is looked at: give '-z' too")
            .refuses(
                "-", reason: "'--svg -' would mix the picture with the reports, which have standard output",
                hint: "name a file; one that is called - is './-'"),
    ]
}

extension Row {
    /// The same row, for a command that has connections of datagrams under TLS.
    fileprivate var connected: Row {
        excludes(
            "count", "activated", "fd", without: .connection,
            reason: "'{other}' is about datagrams as they come, and under '--tls' there are connections of them")
    }
}

extension ValueType where Value == [String] {
    /// Names of protocols with commas between them.
    fileprivate static var protocols: Self {
        Self(placeholder: "LIST", completion: .words(["h2,http/1.1", "http/1.1"])) {
            (text: String) throws(UsageError) in
            let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard names.allSatisfy({ (1...255).contains($0.utf8.count) }) else {
                throw UsageError("'\(text)' is no list of protocols: names of 1 to 255 bytes, with commas between them")
            }
            return names
        } show: {
            $0.isEmpty ? nil : $0.joined(separator: ",")
        }
    }
}

extension ValueType where Value == CertificatePin {
    static var pin: Self {
        Self(placeholder: "SHA256", completion: .none) { (text: String) throws(UsageError) in
            guard let pin = CertificatePin(text) else {
                throw UsageError("'\(text)' is no SHA-256 of a certificate: it has 64 hexadecimal digits")
            }
            return pin
        } show: {
            $0.description
        }
    }
}
