import SockKit

/// TLS with the peers of a server: who it is to them is read once, and again when SIGHUP says so.
@Netpoller
final class PeerSecurity {
    private let server: TLSServer
    private let reporter: Reporter
    /// What is said to a peer that speaks in clear, before its end.
    var answerToPlainText: [UInt8] = []

    /// Nil where none is to be spoken. `destination` is where the server listens, by which a certificate of its own is named.
    init?(
        _ arguments: TLSArguments, isOn: Bool, forwards: Bool = false, datagrams: Bool = false, at endpoint: Endpoint,
        _ destination: Destination?, _ reporter: Reporter
    ) throws(NetworkError) {
        guard isOn else { return nil }
        self.reporter = reporter
        let names = Self.names(endpoint, destination)
        server = try TLSServer(
            arguments.rules(reporter, forwards: forwards), datagrams: datagrams,
            verifiesClients: arguments.verifiesClients, names: names.names, addresses: names.addresses,
            reports: reporter.isReported(.verbose))
        guard server.madeItsOwn, let facts = server.certificates.first else { return }
        reporter.report(CertificateEvent(facts: facts, isOwn: true))
    }

    /// Whom a certificate is for: this machine by every name that it may be reached by.
    private static func names(
        _ endpoint: Endpoint, _ destination: Destination?
    ) -> (names: [String], addresses: [IPAddress]) {
        var names = ["localhost"]
        var addresses = [IPAddress.v4Loopback, .v6Loopback]
        if case .host(let name, _) = destination?.place, !name.isEmpty, IPAddress(name) == nil, name != "localhost" {
            names.insert(name, at: 0)
        }
        if let address = endpoint.address, !address.isUnspecified, !addresses.contains(address) {
            addresses.append(address)
        }
        if let own = ProcessCalls.hostName, !names.contains(own) { names.append(own) }
        return (names, addresses)
    }

    /// Whether its certificate is in files, which are read again. One that was made here is kept, and with it whose clients
    /// it believes.
    var hasFiles: Bool { !server.madeItsOwn }

    /// Reads the certificates again; what was stays if they are no good.
    func readAgain() {
        guard hasFiles else { return }
        do throws(NetworkError) {
            try server.readAgain()
            for facts in server.certificates { reporter.report(CertificateEvent(facts: facts, isOwn: false)) }
        } catch {
            var failure = Failure(error)
            failure.message += "; the old certificate stays"
            reporter.report(FailedEvent(failure))
        }
    }

    /// A port for datagrams, whose clients have connections of their own.
    static func listen(
        _ configuration: ListenConfiguration, _ network: Network, at place: Destination, _ arguments: TLSArguments,
        _ reporter: Reporter
    ) async throws(NetworkError) -> (listener: DatagramTLSListener, security: PeerSecurity, event: ListeningEvent) {
        var shared = configuration
        shared.options.reusesPort = true
        let socket = try await shared.listenDatagram(network, at: place)
        let made = try PeerSecurity(
            arguments, isOn: true, datagrams: true, at: socket.localEndpoint, place, reporter)
        guard let security = made else { preconditionFailure("TLS is asked for") }
        let listener = DatagramTLSListener(socket, security.server, options: configuration.options)
        listener.onFailure = { error in reporter.fail(error) }
        return (listener, security, ListeningEvent(socket))
    }

    /// Agrees with a peer.
    func secure(_ peer: Peer) async throws(NetworkError) {
        let report: TLSReport?
        do throws(NetworkError) { report = try await agree(peer) } catch {
            await answer(peer, to: error)
            throw error
        }
        peer.isSecured = true
        if let report { tell(report, peer) }
    }

    private func agree(_ peer: Peer) async throws(NetworkError) -> TLSReport? {
        try await server.secure(peer.connection) { [reporter] report in
            reporter.report(TLSFailedEvent(ends: peer.ends, report: report))
        }
    }

    @inline(never)
    private func answer(_ peer: Peer, to error: NetworkError) async {
        guard case .tls(let failure) = error.cause, failure.isPlainText, !answerToPlainText.isEmpty else { return }
        peer.connection.speakPlainly()
        peer.connection.setDeadline(.now + .seconds(1))
        try? await peer.connection.write(answerToPlainText)
    }

    @inline(never)
    private func tell(_ report: TLSReport, _ peer: Peer) {
        reporter.report(TLSEvent(ends: peer.ends, report: report))
    }
}
