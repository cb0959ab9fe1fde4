import SockKit

/// What `http-serve` does.
@Netpoller
struct HTTPServe {
    private let arguments: HTTPServeArguments
    private let conductor: Conductor
    private let reporter: Reporter
    private let network: Network
    private let destination: Destination
    private let resolver: Resolver
    private let configuration: ListenConfiguration

    init(_ arguments: HTTPServeArguments, _ conductor: Conductor) throws(UsageError) {
        self.arguments = arguments
        self.conductor = conductor
        reporter = conductor.reporter
        let words: [Word] = arguments.address.isEmpty ? [arguments.tls.isOn ? ":https" : ":http"] : arguments.address
        do throws(UsageError) {
            (network, destination) = try arguments.network.destination(words, .listening)
        } catch {
            throw Self.withRoot(words, error)
        }
        guard network.kind == .stream else {
            throw UsageError(
                "HTTP is spoken on streams, and \(network) carries messages",
                hint: "use tcp, tcp4, tcp6 or unix")
        }
        var options = arguments.socket.options
        options.reusesPort = arguments.reusesPort
        resolver = try arguments.network.resolver()
        configuration = ListenConfiguration(
            backlog: arguments.backlog.map(Int32.init), options: options, resolver: resolver,
            unixMode: UInt32(arguments.mode ?? 0o600))
        try HTTPServeCommand.command.check(arguments.given, on: network.traits)
    }

    /// The error about an address, and where one of its words is a folder, as other servers take one, how to say that.
    private static func withRoot(_ words: [Word], _ error: UsageError) -> UsageError {
        func isFolder(_ word: Word) -> Bool {
            (try? FileCalls.identity(ofPath: word.byteString))?.kind == .directory
        }
        guard let folder = words.firstIndex(where: isFolder) else { return error }
        let port = words.count > 1 ? words[words.count - 1 - folder].text : "8080"
        return UsageError(
            error.message, hint: "to serve a folder, use: sockctl http-serve \(port) --root \(words[folder])")
    }

    /// Who answers, from the outermost on: each handler may answer a request itself, or leave it to the one behind it.
    private func handler() throws(NetworkError) -> any HTTPHandler {
        arguments.answers.around(try arguments.files.before(BuiltInPaths(), limit: uploadLimit))
    }

    /// What is stored is never in memory as a whole, so the limit for content that is has no meaning for it.
    private var uploadLimit: Int? { arguments.given.contains("max-body") ? arguments.limits.maximumBody : nil }

    func run() async -> ExitStatus {
        let gate: Gate?
        do throws(RuleFailure) {
            gate = try await conductor.gate(arguments.gate, network, resolver)
        } catch {
            return error.isCancelled ? .success : reporter.fail(error)
        }
        do throws(NetworkError) {
            let handler = try handler()
            let listener = try await configuration.listen(network, at: destination)
            defer { listener.close() }
            listener.onRetry = { [reporter] error, attempt, pause in
                reporter.report(RetryingEvent(attempt: attempt, delay: pause, failure: Failure(error)))
            }
            let security = try PeerSecurity(
                arguments.tls, isOn: arguments.tls.isOn, forwards: true, at: listener.endpoint, destination, reporter)
            reporter.report(ListeningEvent(listener, tellsBacklog: reporter.isReported(.verbose)))
            return await serve(listener, handler, gate, security)
        } catch {
            return error.cause == .cancelled ? .success : reporter.fail(error)
        }
    }

    /// What a client gets that has taken https:// for http://.
    private static let wrongScheme: [UInt8] = {
        let text = "This port speaks TLS: begin the address with https:// in place of http://.\n"
        let head = [
            "HTTP/1.1 400 Bad Request", "Content-Type: text/plain; charset=utf-8", "Content-Length: \(text.utf8.count)",
            "Connection: close",
        ]
        return Array((head.joined(separator: "\r\n") + "\r\n\r\n" + text).utf8)
    }()

    private func serve(
        _ listener: Listener, _ handler: any HTTPHandler, _ gate: Gate?, _ security: PeerSecurity?
    ) async -> ExitStatus {
        let reports = HTTPReports(reporter, arguments.log)
        let service = HTTPService(site: HTTPSite(handler, limits: arguments.limits.limits, observer: reports))
        let limits = Server.Limits(
            connections: arguments.maximumConnections, connectionsPerHost: arguments.gate.mostPerHost,
            grace: arguments.grace)
        var asked = PeerArguments()
        asked.socket = arguments.socket
        let server = Server(listener, service, limits: limits, policy: PeerPolicy(asked), reporter: reporter)
        server.noun = "request"
        server.gate = gate
        server.security = security
        security?.answerToPlainText = Self.wrongScheme
        conductor.rereads(gate, security)
        server.onAccept = { [reporter] peer in
            if reporter.isReported(.veryVerbose), let facts = peer.connection.socketFacts {
                reporter.report(SocketOptionsEvent(ends: peer.ends, facts: facts))
            }
        }
        conductor.onFinish = { server.finish($0.deed) }
        conductor.onInquiry = { server.reportProgress() }
        let task = Netpoller.spawn { await server.run() }
        return await Netpoller.join(task)
    }
}
