/// The flags of nc.openbsd, nc.traditional, ncat and GNU's netcat that have another name here, or no meaning: a table, so
/// that whoever types one is told the way.
///
/// What works under its own name stands in no table but the options'.
private enum PeerFlags {
    /// What it is called there, and what to do here.
    struct Entry {
        let spellings: [String]
        let advice: String
        var commands: Commands = .both
    }

    enum Commands { case both, listen, dial }

    static let all: [Entry] = [
        Entry(spellings: ["-b", "--broadcast"], advice: "use --setsockopt SOL_SOCKET:SO_BROADCAST:1"),
        Entry(spellings: ["-F"], advice: "use --pass-fd", commands: .dial),
        Entry(
            spellings: ["-F"], advice: "a connection that is dialled can be handed over: sockctl dial --pass-fd",
            commands: .listen),
        Entry(spellings: ["--max-conns"], advice: "use: sockctl listen --max-conns", commands: .dial),
        Entry(spellings: ["-m"], advice: "use --min-ttl", commands: .dial),
        Entry(spellings: ["-r", "--randomize"], advice: "the kernel chooses the local port at random by itself"),
        Entry(spellings: ["-S"], advice: "there are no MD5 signatures here"),
        Entry(spellings: ["-t", "--telnet"], advice: "there is no telnet negotiation here"),
        Entry(spellings: ["--tcp"], advice: "TCP is what is used without --udp or --unix"),
        Entry(spellings: ["-V"], advice: "use --setsockopt SOL_SOCKET:SO_MARK:N, and a rule for that mark: ip rule"),
        Entry(
            spellings: ["-X", "--proxy-type", "--proxy-dns"],
            advice: "the proxy's URL says how it is spoken to, and who resolves: --proxy socks5h://HOST:PORT",
            commands: .dial
        ),
        Entry(
            spellings: ["-P", "--proxy-auth"],
            advice: "use --proxy socks5h://USER:PASS@HOST:PORT, or --proxy-auth-file", commands: .dial),
        Entry(
            spellings: ["-X", "--proxy-type", "-P", "--proxy-dns", "--proxy"],
            advice: "it is about connecting: sockctl dial --proxy; to be a proxy: sockctl listen --serve proxy",
            commands: .listen),
        Entry(spellings: ["-Z"], advice: "there is no DCCP here"),
        Entry(spellings: ["--sctp"], advice: "there is no SCTP here"),
        Entry(
            spellings: ["-g", "-G", "--gateway", "--pointer"],
            advice: "there is no source routing here: routers drop such packets"),
        Entry(spellings: ["--lua-exec"], advice: "there is no Lua here"),
        Entry(
            spellings: ["--ssl-verify"], advice: "with --tls servers are verified, unless --tls-insecure",
            commands: .dial),
        Entry(spellings: ["--ssl-verify"], advice: "use --tls-verify-client", commands: .listen),
        Entry(spellings: ["--ssl-cert"], advice: "use --tls-cert"),
        Entry(spellings: ["--ssl-key"], advice: "use --tls-key"),
        Entry(spellings: ["--ssl-trustfile"], advice: "use --tls-ca"),
        Entry(spellings: ["--ssl-ciphers"], advice: "use --tls-ciphers"),
        Entry(spellings: ["--ssl-servername"], advice: "use --tls-name", commands: .dial),
        Entry(
            spellings: ["--ssl-servername"], advice: "it is the client who asks for a name: sockctl dial --tls-name",
            commands: .listen),
        Entry(spellings: ["--ssl-alpn"], advice: "use --tls-alpn"),
        Entry(spellings: ["--vsock"], advice: "use --network vsock, or the address vsock:CID:PORT"),
        Entry(spellings: ["--append-output"], advice: "use --append"),
        Entry(spellings: ["--hexdump"], advice: "use --hex-dump"),
        Entry(spellings: ["--dont-resolve"], advice: "use --no-dns"),
        Entry(spellings: ["--interval"], advice: "use --delay", commands: .listen),
        Entry(spellings: ["--local-port"], advice: "use --source-port", commands: .dial),
        Entry(spellings: ["--local-port"], advice: "the port is the address: sockctl listen 3000", commands: .listen),
        Entry(
            spellings: ["-L", "--tunnel", "--tunnel-port", "--tunnel-source"],
            advice: "use: sockctl forward 3000 host:80"
        ),
        Entry(spellings: ["--broker"], advice: "use --serve broker", commands: .listen),
        Entry(spellings: ["--chat"], advice: "use --serve chat", commands: .listen),
        Entry(spellings: ["--broker"], advice: "use: sockctl listen --serve broker", commands: .dial),
        Entry(spellings: ["--chat"], advice: "use: sockctl listen --serve chat", commands: .dial),
        Entry(spellings: ["--allowfile"], advice: "use --allow-file", commands: .listen),
        Entry(spellings: ["--denyfile"], advice: "use --deny-file", commands: .listen),
        Entry(
            spellings: ["--allow", "--deny", "--allowfile", "--denyfile"],
            advice: "it is about peers that are waited for: use it with sockctl listen", commands: .dial),
        Entry(
            spellings: ["-z", "--zero"], advice: "to see whether somebody listens: sockctl dial -z", commands: .listen),
    ]
}

extension ForeignFlag {
    /// For `listen`, or for `dial`.
    static func ofPeers(listening: Bool) -> [ForeignFlag] {
        PeerFlags.all.filter { $0.commands == .both || $0.commands == (listening ? .listen : .dial) }
            .map { ForeignFlag($0) }
    }

    /// For `nc`, which knows most of them: those that it does not, and those that mean one thing to one netcat and another
    /// to another.
    static let ofNetcats: [ForeignFlag] = [
        ForeignFlag(
            "-r", "--randomize", advice: "ports are looked at side by side, and the kernel chooses the local one"),
        ForeignFlag("-S", advice: "there are no MD5 signatures here"),
        ForeignFlag("-t", "--telnet", advice: "there is no telnet negotiation here"),
        ForeignFlag("-V", advice: "use: sockctl dial --setsockopt SOL_SOCKET:SO_MARK:N, and a rule for that mark"),
        ForeignFlag("-P", advice: "nobody is asked for a password: use --proxy-auth USER:PASS"),
        ForeignFlag("--hexdump", advice: "use --hex-dump FILE"),
        ForeignFlag("-Z", advice: "there is no DCCP here"),
        ForeignFlag("--sctp", advice: "there is no SCTP here"),
        ForeignFlag(
            "-g", "-G", "--gateway", "--pointer", advice: "there is no source routing here: routers drop such packets"),
        ForeignFlag("--lua-exec", advice: "there is no Lua here"),
        ForeignFlag(
            "--ssl", "--ssl-verify", "--ssl-cert", "--ssl-key", "--ssl-trustfile", "--ssl-ciphers", "--ssl-servername",
            "--ssl-alpn", advice: "for TLS use: sockctl dial --tls, or: sockctl listen --tls"),
        ForeignFlag(
            "-o", advice: "it is a hex dump to one nc and the bytes to another: use --hex-dump FILE or --output FILE"),
        ForeignFlag(
            "-L", "--tunnel", "--tunnel-port", "--tunnel-source", advice: "use: sockctl forward 3000 host:80"),
        ForeignFlag("--tcp", advice: "TCP is what is used without -u or -U"),
        ForeignFlag("--close", advice: "a connection ends with standard input; --no-shutdown keeps it"),
        ForeignFlag("--version", advice: "use: sockctl --version"),
    ]

    private init(_ entry: PeerFlags.Entry) {
        self.init(spellings: entry.spellings, advice: entry.advice)
    }
}
