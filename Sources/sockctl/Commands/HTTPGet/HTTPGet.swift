import SockKit

/// What `http-get` does.
@Netpoller
struct HTTPGet {
    private let arguments: HTTPGetArguments
    private let conductor: Conductor
    private let reporter: Reporter
    private let urls: [HTTPURL]
    private let rules: TransportRules
    /// When `--max-time` is over.
    private let end: Deadline?

    init(_ arguments: HTTPGetArguments, _ conductor: Conductor) throws(UsageError) {
        self.arguments = arguments
        self.conductor = conductor
        reporter = conductor.reporter
        urls = try arguments.urls.map { (word) throws(UsageError) in try HTTPURL(word) }
        rules = try TransportRules(arguments)
        end = arguments.maximumTime.map { .now + $0 }
    }

    func run() async -> ExitStatus {
        do throws(NetworkError) {
            var rules = rules
            rules.tunnels = try await arguments.proxy.openDialer()
            // Whoever names a proxy means that one.
            if arguments.proxy.proxies.allSatisfy({ $0 == .environment }) {
                rules.proxies = ProxyRules(environment: Self.environment)
            }
            rules.setSecurity(arguments.tls, reporter)
            if reporter.isReported(.veryVerbose) { rules.watch = TransferLog.watch(reporter) }
            let transport = Transport(rules: rules)
            let requests = try await ClientRequests(arguments.request)
            guard arguments.isLoad else { return try await getAll(requests, transport) }
            var all: [HTTPRequest] = []
            for url in urls { all.append(try await requests.request(for: url)) }
            return await LoadRun(arguments, conductor, transport, all).run()
        } catch {
            return error.cause == .cancelled ? .success : reporter.fail(error)
        }
    }

    private static var environment: [String: String] {
        let names = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"]
        return (names + names.map { $0.lowercased() } + ["REQUEST_METHOD"])
            .reduce(into: [:]) { $0[$1] = ProcessCalls.environment($1) }
    }

    private func getAll(_ requests: ClientRequests, _ transport: Transport) async throws(NetworkError) -> ExitStatus {
        let output = try AnswerOutput(arguments.answer)
        // Each request waits for an answer, which mostly comes soon or late. What is looked for is seen in a trace.
        if !reporter.settings.isTracing { Netpoller.setBusyPolling(.microseconds(100)) }
        let task = Netpoller.spawn { () async -> ExitStatus in
            var status = ExitStatus.success
            for url in urls where !Task.isCancelled {
                let one = await get(url, requests, output, client(transport))
                if status == .success { status = one }
            }
            return status
        }
        let watch = output.standard.map { sink in
            Netpoller.spawn { if (try? await sink.waitUntilGone()) != nil { task.cancel() } }
        }
        defer { watch?.cancel() }
        return await Netpoller.join(task)
    }

    private func get(
        _ url: HTTPURL, _ requests: ClientRequests, _ output: AnswerOutput, _ client: HTTPClient
    ) async -> ExitStatus {
        do throws(NetworkError) {
            let request = try await requests.request(for: url)
            let place = try output.place(for: request.url)
            return await Download(request, arguments, client, place, conductor).run()
        } catch {
            return error.cause == .cancelled ? .success : reporter.fail(error)
        }
    }

    private func client(_ transport: Transport) -> HTTPClient {
        var retries = RetryRules(count: arguments.answer.retries)
        retries.statuses.formUnion([522, 524])
        retries.end = end
        return HTTPClient(
            transport: transport, timeout: arguments.transport.timeout,
            redirects: arguments.answer.follows ? .follow(arguments.answer.maximumRedirects) : .none, retries: retries)
    }
}

extension TransportRules {
    /// What the command line asks for.
    init(_ arguments: HTTPGetArguments) throws(UsageError) {
        self.init()
        let transport = arguments.transport
        dialTimeout = transport.dialTimeout
        responseHeaderTimeout = transport.responseHeaderTimeout
        expectContinueTimeout = transport.expectContinueTimeout
        idleConnTimeout = transport.idleTimeout
        maxIdleConns = transport.maximumIdle ?? 0
        let own = arguments.given.contains("max-idle-per-host")
        maxIdleConnsPerHost =
            arguments.isLoad && !own ? max(arguments.load.parallel, 2) : transport.maximumIdlePerHost
        trustsIdleConnections = arguments.isLoad
        if arguments.isLoad, !arguments.given.contains("max-idle-conns") {
            maxIdleConns = max(maxIdleConns, maxIdleConnsPerHost)
        }
        maxConnsPerHost = transport.maximumPerHost ?? 0
        disableKeepAlives = transport.disablesKeepAlives
        network = arguments.network.isIPv4 ? .tcp4 : arguments.network.isIPv6 ? .tcp6 : .tcp
        dialer.options = arguments.socket.options
        dialer.resolver = try arguments.network.resolver()
        unixSocket = try transport.unixSocket.map { (path) throws(UsageError) in try UnixAddress(option: path) }
    }
}

extension TransportRules {
    /// TLS with the servers of `https` URLs, as the command line asks for it; nothing of it is looked at before there is one.
    fileprivate mutating func setSecurity(_ arguments: TLSArguments, _ reporter: Reporter) {
        security = { () throws(NetworkError) in
            try TLSClient(
                arguments.rules(reporter), arguments.trust, sessionFile: arguments.session?.byteString,
                reports: arguments.isInsecure || reporter.isReported(.verbose))
        }
        onSecured = { connection, number, report in
            TargetSecurity.warn(report, Ends(connection, number: number), arguments, reporter)
        }
    }
}

extension UnixAddress {
    /// The value of `--unix-socket`.
    fileprivate init(option path: Word) throws(UsageError) {
        do throws(AddressError) {
            let destination = try Destination.parse([path.byteString], role: .dialing, network: .unix)
            guard case .unix(let address) = destination.place else {
                preconditionFailure("a Unix network has Unix addresses")
            }
            self = address
        } catch {
            throw UsageError("'--unix-socket': \(error.message)")
        }
    }
}
