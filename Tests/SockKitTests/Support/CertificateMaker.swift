import Glibc
import SockKit
import Testing

/// What the `openssl` command said when it did not do what was asked.
private struct CertificateError: Error, CustomStringConvertible { let description: String }

/// Makes the files of a `CertificateKit`, with a process of `openssl` for each step.
struct CertificateMaker {
    let path: String

    private static let roots = ["root": "Kit Root", "stranger": "Stranger Root"]

    func make() throws {
        try write("openssl.cnf", configuration)
        try write("index.txt", "")
        try write("password", CertificateKit.password + "\n")
        try makeAuthorities()
        // One key does for all of them: what differs is what is said of it.
        try request("leaf", ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"])
        try request("weak", ["-newkey", "rsa:1024"])
        for kind in CertificateKit.Kind.allCases { try make(kind) }
        try makeList()
        try openssl("pkey", "-in", "leaf.key", "-aes256", "-passout", "file:password", "-out", "encrypted.key")
        guard unsafe mkdir("\(path)/directory", 0o755) == 0 else { throw HarnessError("mkdir") }
        try join(["root.crt"], as: "directory/root.pem")
        try openssl("rehash", "directory")
    }

    private func makeAuthorities() throws {
        for (name, title) in Self.roots {
            try openssl(
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                "\(name).key", "-out", "\(name).crt", "-subj", "/CN=\(title)", "-days", "3650", "-config",
                "openssl.cnf", "-extensions", "authority")
            try join(["\(name).crt"], as: "\(name).pem")
        }
        try request("intermediate", ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"])
        try sign("intermediate", "Kit Intermediate", by: "root", ["-extensions", "authority", "-days", "3000"])
    }

    private func make(_ kind: CertificateKit.Kind) throws {
        let recipe = kind.recipe
        if let issuer = recipe.issuer {
            try sign(
                "\(kind)", recipe.subject, by: issuer, of: recipe.request,
                [
                    "-extensions", "of_\(kind)", "-startdate", Self.moment(recipe.begins), "-enddate",
                    Self.moment(recipe.ends), "-md", recipe.digest,
                ])
        } else {
            try openssl(
                "req", "-x509", "-key", "leaf.key", "-out", "\(kind).crt", "-subj", "/CN=\(recipe.subject)", "-days",
                "90", "-config", "openssl.cnf", "-extensions", "of_\(kind)")
        }
        try join(["\(kind).crt"] + recipe.sent.map { "\($0).crt" }, as: "\(kind).pem")
        try join(["\(recipe.request).key"], as: "\(kind).key")
    }

    /// The list of what is withdrawn, and the root's, which is empty of what concerns it.
    private func makeList() throws {
        try openssl(["ca", "-revoke", "revoked.crt"] + authority("intermediate"))
        for name in ["intermediate", "root"] {
            try openssl(["ca", "-gencrl", "-out", "\(name).crl"] + authority(name))
        }
        try join(["intermediate.crl", "root.crl"], as: "crl.pem")
    }

    // MARK: Steps

    /// Makes a key, and a request for a certificate with it.
    private func request(_ name: String, _ key: [String]) throws {
        try openssl(
            ["req", "-new"] + key + [
                "-nodes", "-keyout", "\(name).key", "-out", "\(name).csr", "-subj", "/CN=\(name)", "-config",
                "openssl.cnf",
            ])
    }

    private func sign(
        _ name: String, _ subject: String, by issuer: String, of request: String? = nil, _ options: [String]
    ) throws {
        try openssl(
            ["ca", "-batch", "-notext", "-in", "\(request ?? name).csr", "-out", "\(name).crt", "-subj"] + [
                "/CN=\(subject)"
            ] + authority(issuer) + options)
    }

    private func authority(_ name: String) -> [String] {
        ["-config", "openssl.cnf", "-cert", "\(name).crt", "-keyfile", "\(name).key"]
    }

    /// So many days from now, as `openssl ca` reads it.
    private static func moment(_ days: Double) -> String {
        let moment = Timestamp(since1970: Timestamp.now.total + Int64(days * 86_400e9))
        return String(moment.rfc3339.filter(\.isNumber).prefix(14)) + "Z"
    }

    private func write(_ name: String, _ text: String) throws { try writeFile("\(path)/\(name)", Array(text.utf8)) }

    private func join(_ names: [String], as name: String) throws {
        try writeFile("\(path)/\(name)", names.flatMap { try contents(of: "\(path)/\($0)") })
    }

    private func openssl(_ arguments: String...) throws { try openssl(arguments) }

    /// Runs a step in the directory of the kit.
    private func openssl(_ arguments: [String]) throws {
        let tool = try #require(Tool.openssl.path)
        let log = "\(path)/log"
        let output = StandardStream(log, O_WRONLY | O_CREAT | O_TRUNC)
        let pid = try spawn(
            "/bin/sh", ["-c", #"cd "$0" && exec "$@""#, path, tool] + arguments, environment: currentEnvironment(),
            streams: StandardStreams(input: StandardStream("/dev/null", O_RDONLY), output: output, error: output))
        var status: Int32 = -1
        while unsafe waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        guard status == 0 else {
            let said = String(decoding: try contents(of: log), as: UTF8.self)
            throw CertificateError(description: "openssl \(arguments.joined(separator: " ")): \(said)")
        }
    }
}

extension CertificateMaker {
    /// What `req` and `ca` want to know, with a section of extensions for each kind.
    private var configuration: String {
        """
        [req]
        distinguished_name = name
        prompt = no
        [name]
        CN = nobody
        [ca]
        default_ca = issuing
        [issuing]
        database = index.txt
        new_certs_dir = .
        rand_serial = yes
        unique_subject = no
        default_md = sha256
        default_days = 90
        default_crl_days = 30
        policy = any
        [any]
        commonName = supplied
        [authority]
        basicConstraints = critical, CA:true
        keyUsage = critical, keyCertSign, cRLSign
        subjectKeyIdentifier = hash
        authorityKeyIdentifier = keyid

        """ + CertificateKit.Kind.allCases.map(section).joined(separator: "\n")
    }

    private func section(_ kind: CertificateKit.Kind) -> String {
        """
        [of_\(kind)]
        basicConstraints = critical, CA:false
        keyUsage = critical, digitalSignature
        extendedKeyUsage = \(kind == .client ? "clientAuth" : "serverAuth")
        subjectKeyIdentifier = hash
        authorityKeyIdentifier = keyid
        \(kind.recipe.names.map { "subjectAltName = \($0)" } ?? "")

        """
    }
}
