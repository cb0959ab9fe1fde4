import SockKit

/// Through which proxies one connects.
struct ProxyArguments: Equatable, Sendable {
    var proxies: [ProxyChoice] = []
    var credentialsFile: Word?

    static let rows = rowsOfTargets.map { row in row.info.name == "proxy" ? row.needs(.ip) : row }

    /// The same where one network is listened on and another is connected to.
    static let rowsOfTargets: [Row<ProxyArguments>] = [
        .list(
            "proxy", as: .proxy, into: \.proxies, help: "Connect through this proxy.",
            detail: """
                `socks4://`, `socks4a://`, `socks5://`, `socks5h://` or `http://`, which is CONNECT, perhaps with \
                `USER:PASS@`, percent-encoded, before the host. Several are a chain, passed in this order. With `env` the \
                environment says which: see PROXIES.
                """
        ),
        .option(
            "proxy-auth-file", as: .file, into: \.credentialsFile, help: "Tell proxies the `USER:PASS` of a file.",
            detail:
                "It is the file's first line, and goes to each proxy whose URL has none. Other users may see a URL in ps(1)."
        ).manualOnly.needs("proxy", reason: "'--proxy-auth-file' is about proxies: give '--proxy' too"),
    ].titled("Connecting")

    static let names = Set(rows.map(\.info.name))

    var isGiven: Bool { !proxies.isEmpty }

    func validate() throws(UsageError) {
        if proxies.contains(.environment), proxies.count > 1 {
            throw UsageError("'--proxy env' leaves it to the environment: leave out the other '--proxy'")
        }
    }

    /// What dials through them; straight, where there are none.
    @Netpoller
    func openDialer() async throws(NetworkError) -> ProxyDialer {
        guard let path = credentialsFile else { return try dialer(nil) }
        return try dialer(
            try await Netpoller.read(path) { () throws(NetworkError) in try Self.credentials(path) })
    }

    private func dialer(_ credentials: ProxyCredentials?) throws(NetworkError) -> ProxyDialer {
        do throws(AddressError) { return ProxyDialer(try route(credentials)) } catch {
            throw NetworkError(.dial, network: nil, cause: .invalid(error.message))
        }
    }

    private func route(_ credentials: ProxyCredentials?) throws(AddressError) -> ProxyRoute {
        var route = ProxyRoute(proxies.compactMap(\.url))
        if proxies.contains(.environment) { route = try ProxyRoute(environment: Self.environment) }
        guard let credentials else { return route }
        for index in route.proxies.indices where route.proxies[index].credentials == nil {
            if let fault = route.proxies[index].scheme.fault(of: credentials) {
                throw AddressError("'--proxy-auth-file': \(fault)")
            }
            route.proxies[index].credentials = credentials
        }
        return route
    }

    private static var environment: [String: String] {
        let names = ["ALL_PROXY", "NO_PROXY"]
        return (names + names.map { $0.lowercased() }).reduce(into: [:]) { $0[$1] = ProcessCalls.environment($1) }
    }

    /// A user and a password are longer only by mistake.
    private static let longestLine = 64 << 10

    /// The first line of a file.
    private static func credentials(_ path: Word) throws(NetworkError) -> ProxyCredentials {
        let line: [UInt8]
        do throws(Errno) { line = try FileCalls.firstLine(of: path.byteString, atMost: longestLine) } catch {
            let call = error == .fileTooLarge ? "read" : "open"
            throw NetworkError(.read, .file(path.text), cause: .system(error, call: call))
        }
        guard let credentials = ProxyCredentials(line: line) else {
            let error = MessageError(.malformed, "credentials", "the first line is not USER:PASS")
            throw NetworkError(.read, .file(path.text), cause: .message(error))
        }
        return credentials
    }
}

/// A proxy, or what says which.
enum ProxyChoice: Equatable, Sendable {
    case url(ProxyURL)
    /// `ALL_PROXY` and `NO_PROXY`.
    case environment

    var url: ProxyURL? { if case .url(let url) = self { url } else { nil } }
}

extension ValueType where Value == ProxyChoice {
    /// A proxy's URL, or `env`. No error repeats it: it may have a password in it.
    static var proxy: Self {
        Self(
            placeholder: "URL|env",
            completion: .words(["env"] + ProxyURL.Scheme.allCases.map { "\($0.rawValue)://" })
        ) { (text: String) throws(UsageError) in
            if text == "env" { return .environment }
            do throws(AddressError) { return .url(try ProxyURL(text)) } catch { throw UsageError(error.message) }
        } show: { _ in
            nil
        }
    }
}
