import Testing

/// Another program that speaks TLS: what it reads from its standard input it sends, and what it receives it writes.
struct TLSPeer {
    let tool: Tool
    let kit: CertificateKit

    init(_ tool: Tool, _ kit: CertificateKit) {
        self.tool = tool
        self.kit = kit
    }

    /// Those that take connections, and those that make them.
    static let all: [Tool] = [.openssl, .ncat, .socat, .python3]

    /// Takes one client on 127.0.0.1, with the good certificate; `boundPort` tells where.
    func listen(_ options: String..., input: ChildProcess.Input = .open) throws -> ChildProcess {
        let (chain, key) = (kit.chain(.good), kit.key(.good))
        let words =
            switch tool {
            case .openssl:
                [
                    "s_server", "-accept", "127.0.0.1:0", "-cert", chain, "-cert_chain", kit.file("intermediate.crt"),
                    "-key", key, "-quiet",
                ]
            case .ncat: ["-l", "--ssl", "--ssl-cert", chain, "--ssl-key", key, "127.0.0.1", "0"]
            case .socat: ["-", "OPENSSL-LISTEN:0,bind=127.0.0.1,cert=\(chain),key=\(key),verify=0"]
            default:
                ["-u", "-c", PythonPeer.prelude + kit.prelude + Self.joining + "joined(serving(take(listening())))"]
            }
        return try start(#require(tool.path), words + options, input: input)
    }

    /// Dials 127.0.0.1, and trusts the root and nobody else.
    func dial(_ port: Int, input: ChildProcess.Input = .open) throws -> ChildProcess {
        let words =
            switch tool {
            case .openssl:
                [
                    "s_client", "-connect", "127.0.0.1:\(port)", "-servername", "localhost", "-CAfile", kit.root,
                    "-verify_hostname", "localhost", "-verify_return_error", "-quiet",
                ]
            case .ncat: ["-4", "--ssl-verify", "--ssl-trustfile", kit.root, "localhost", "\(port)"]
            case .socat: ["-", "OPENSSL:127.0.0.1:\(port),cafile=\(kit.root),commonname=localhost"]
            default: ["-u", "-c", PythonPeer.prelude + kit.prelude + Self.joining + "joined(dialing(dial(\(port))))"]
            }
        return try start(#require(tool.path), words, input: input)
    }

    /// The part of a netcat that others have built in.
    private static let joining = """
        def listening():
            "As `serve`, but says nothing: standard output is for the bytes."
            return socket.create_server(("127.0.0.1", 0))

        def joined(c):
            sources = [0, c]
            while True:
                ready = [c] if c.pending() else select.select(sources, [], [])[0]
                if c in ready:
                    # What came may be a ticket, and nothing behind it.
                    c.settimeout(0)
                    try: part = c.recv(1 << 16)
                    except ssl.SSLWantReadError: continue
                    finally: c.settimeout(60)
                    if not part: return farewell(c)
                    while part: part = part[os.write(1, part):]
                elif part := os.read(0, 1 << 16): c.sendall(part)
                else: sources.remove(0)

        """
}

extension CertificateKit {
    /// What a Python peer that speaks TLS begins with, after the helpers of `PythonPeer`.
    var prelude: String {
        """
        import ssl
        kit = "\(path)/"
        versions = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}

        def rules(own=None, trusted=None, version=None, alpn=None, ciphers="DEFAULT:@SECLEVEL=0", server=True):
            "How one end speaks. It tells a truncation from an end, as Python does not by itself."
            made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
            made.options &= ~getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)
            made.set_ciphers(ciphers)
            if own: made.load_cert_chain(kit + own + ".pem", kit + own + ".key")
            if trusted:
                made.load_verify_locations(kit + trusted + ".pem")
                made.verify_mode = ssl.CERT_REQUIRED
            elif not server: made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
            if version: made.minimum_version = made.maximum_version = versions[version]
            if alpn: made.set_alpn_protocols(alpn)
            return made

        def serving(c, own="good", made=None, **others):
            "TLS around a connection that was taken, once both ends agree."
            made = made or rules(own, **others)
            return made.wrap_socket(c, server_side=True, suppress_ragged_eofs=False)

        def dialing(c, name="localhost", trusted="root", made=None, session=None, **others):
            "TLS around a connection that was made, once both ends agree."
            made = made or rules(trusted=trusted, server=False, **others)
            return made.wrap_socket(c, server_hostname=name, suppress_ragged_eofs=False, session=session)

        def ending(c):
            "All that comes, and how it ends: told by a close_notify, cut off without one, or by a reset."
            parts = []
            try:
                while part := c.recv(1 << 16): parts.append(part)
                how = "told"
            except ssl.SSLZeroReturnError: how = "told"
            except ssl.SSLError as error:
                if "eof" not in str(error).lower(): raise
                how = "cut"
            except ConnectionResetError: how = "reset"
            return b"".join(parts), how

        def goodbye(c):
            "Sends a close_notify, and no FIN; reading goes on."
            c.settimeout(0)
            try: c.unwrap()
            except ssl.SSLWantReadError: pass
            c.settimeout(60)

        def farewell(c):
            "Ends a connection as it should be ended."
            goodbye(c); c.close()

        def attempt(c, *own, **others):
            "Serves a peer that need not want it: tells what it has sent, or why there was nothing."
            try:
                c = serving(c, *own, **others)
                say("agreed", c.recv(1 << 16))
                farewell(c)
            except OSError as error: say("refused", error)

        """
    }

    /// Starts a Python peer that speaks TLS with the certificates of the kit.
    func python(
        _ script: String, _ arguments: any CustomStringConvertible..., input: ChildProcess.Input = .empty
    ) throws -> ChildProcess {
        try SockKitTests.python(prelude + script, arguments.map(\.description), input: input)
    }

    /// Connects sockctl on this side with a Python peer, with TLS between them; the peer's script has its end in `c`.
    ///
    /// A client that leaves at once should speak 1.2: a server of 1.3 has tickets for it, and what it has not read of
    /// them makes its end a reset.
    func join(
        _ side: Side, _ options: [String] = [], version: String? = nil, input: ChildProcess.Input = .empty,
        peer script: String
    ) async throws -> Pair {
        let own = side == .dial ? trusting : showing()
        let version = version.map { ", version='\($0)'" } ?? ""
        let wrap = "c = \(side == .dial ? "serving" : "dialing")(c\(version))\n"
        return try await SockKitTests.join(side, own + options, peer: prelude + wrap + script) {
            try sockctl($0, input: input)
        }
    }
}

extension ChildProcess {
    /// The events that are whole on standard error by now.
    var eventsSoFar: [Event] { Self.events(in: record) }

    /// Waits until there are so many events of that name, and returns all of them.
    func waitForEvents(_ name: String, count: Int) async throws -> [Event] {
        try await wait(for: "\(count) events \(name)") { record in
            let events = Self.events(in: record).filter { $0.name == name }
            return events.count >= count ? events : nil
        }
    }

    private static func events(in record: Record) -> [Event] {
        record.errText.split(separator: "\n").compactMap { try? Event($0) }
    }
}
