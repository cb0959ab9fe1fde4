import SockKit

/// What `dial -z --tls` does: it agrees on TLS with one server, shows what was agreed on and who that is, and closes.
@Netpoller
struct CertificateLook {
    private let arguments: DialArguments
    private let reporter: Reporter
    private let network: Network
    private let destination: Destination
    private let resolver: Resolver

    init(_ arguments: DialArguments, _ conductor: Conductor) throws(UsageError) {
        self.arguments = arguments
        reporter = conductor.reporter
        (network, destination) = try arguments.peer.network.destination(arguments.address, .dialing)
        resolver = try arguments.peer.network.resolver()
        try DialCommand.command.check(arguments.given, on: network.traits)
        guard arguments.address.allSatisfy({ !$0.text.contains(",") }), arguments.address.count < 3 else {
            throw UsageError("'-z --tls' looks at one server: give one host and one port")
        }
        guard arguments.scan.banner == nil else {
            throw UsageError(
                "'--banner' looks for what a server says in clear, and with '--tls' it says nothing before")
        }
    }

    func run() async -> ExitStatus {
        do throws(NetworkError) {
            let security = try TargetSecurity.make(
                arguments.tls, isOn: true, datagrams: network.kind == .datagram, looks: true, reporter)
            security?.tellFailures { connection, report in
                reporter.show(TLSFailedEvent(ends: Ends(connection, number: nil), report: report))
                _ = draw(report)
            }
            let proxies = try arguments.proxy.dialer()
            let dialer = Dialer(
                timeout: arguments.choosesTimeout ? arguments.timeout : .seconds(2) + .seconds(8),
                options: arguments.peer.socket.options, resolver: resolver)
            let connection = try await proxies.dial(network, to: destination, with: dialer)
            defer { connection.close() }
            guard let report = try await security?.secure(connection, to: destination, number: 1) else {
                return .success
            }
            reporter.show(TLSEvent(ends: Ends(connection, number: nil), report: report))
            guard draw(report) else { return .cannotCreate }
            return status(report)
        } catch {
            return error.cause == .cancelled ? .success : reporter.fail(error)
        }
    }

    /// The picture, where one was asked for.
    private func draw(_ report: TLSReport) -> Bool {
        guard let svg = arguments.tls.svg else { return true }
        guard let file = PictureFile(svg, reporter) else { return false }
        return file.write(
            TLSPicture(report, server: arguments.address.map(\.text).joined(separator: " ")).document, reporter)
    }

    /// The first of the chain that ends is the end of all of it.
    private func status(_ report: TLSReport) -> ExitStatus {
        guard let wanted = arguments.tls.days, let left = report.chain.map(\.daysLeft).min() else { return .success }
        if left >= wanted { return .success }
        let name = report.chain[0].shortSubject
        reporter.report(
            FailedEvent(
                Failure(
                    code: "certificate",
                    message:
                        "the certificates of \(name) last \(Quantity.count(left, "day")) yet, and --tls-days wants \(wanted)"
                )))
        return .notSo
    }
}
