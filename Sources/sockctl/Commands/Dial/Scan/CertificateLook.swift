import SockKit

/// What `dial -z --tls` does: it agrees on TLS with one server, shows what was agreed on and who that is, and closes.
@Netpoller
struct CertificateLook {
    private let arguments: DialArguments
    private let conductor: Conductor
    private let reporter: Reporter
    private let network: Network
    private let destination: Destination
    private let resolver: Resolver
    private let source: SourceAddress?

    init(_ arguments: DialArguments, _ conductor: Conductor) throws(UsageError) {
        self.arguments = arguments
        self.conductor = conductor
        reporter = conductor.reporter
        guard !arguments.address.contains(where: Self.isList), arguments.address.count < 3 else {
            throw UsageError(Self.onlyOne)
        }
        do throws(UsageError) {
            (network, destination) = try arguments.peer.network.destination(arguments.address, .dialing)
        } catch {
            throw UsageError(error.message, hint: error.hint ?? Self.onlyOne)
        }
        resolver = try arguments.peer.network.resolver()
        try DialCommand.command.check(arguments.given, on: network.traits)
        source = try network.isIP ? arguments.nearEnd : nil
        guard arguments.scan.banner == nil else {
            throw UsageError(
                "'--banner' looks for what a server says in clear, and with '--tls' it says nothing before")
        }
    }

    /// Several hosts, or a range of ports, as other scans take them.
    private static func isList(_ word: Word) -> Bool {
        let text = word.text
        guard !text.contains(","), !text.hasPrefix("unix") else { return !text.hasPrefix("unix") }
        let ports = text[(text.lastIndex(of: ":").map { text.index(after: $0) } ?? text.startIndex)...]
        let isRange = ports.contains("-") && ports.allSatisfy { $0.isNumber || $0 == "-" }
        return isRange || text.contains("/") && !text.contains("://")
    }

    private static let onlyOne = "'-z --tls' looks at one server: give one host and one port"

    func run() async -> ExitStatus {
        do throws(NetworkError) {
            let security = try TargetSecurity.make(
                arguments.tls, isOn: true, datagrams: network.kind == .datagram, looks: true, reporter)
            security?.onFailure = { event in
                reporter.show(event)
                _ = draw(event.report)
            }
            let proxies = try await arguments.proxy.openDialer()
            var dialer = Dialer(
                timeout: arguments.choosesTimeout ? arguments.timeout : .seconds(2) + .seconds(8),
                options: arguments.peer.socket.options, resolver: resolver)
            dialer.source = try await source?.endpoint(
                for: network, by: resolver, until: dialer.timeout.map { .now + $0 })
            let connection = try await proxies.dial(network, to: destination, with: dialer)
            defer {
                if arguments.peer.ending.close == .reset { connection.reset() } else { connection.close() }
            }
            guard let report = try await security?.secure(connection, to: destination, number: 1) else {
                return .success
            }
            reporter.show(TLSEvent(ends: Ends(connection, number: nil), report: report))
            guard draw(report) else { return .cannotCreate }
            guard !report.chain.isEmpty else {
                throw connection.names.failure(.dial, .tls(TLSFailure(.refused, "the server showed no certificate")))
            }
            return status(report)
        } catch {
            return error.cause == .cancelled ? .success : reporter.fail(error)
        }
    }

    /// The picture, where one was asked for.
    private func draw(_ report: TLSReport) -> Bool {
        guard let svg = arguments.tls.svg else { return true }
        guard let file = PictureFile(svg, conductor) else { return false }
        return file.write(
            TLSPicture(report, server: arguments.address.map(\.text).joined(separator: " ")).document)
    }

    /// The first of the chain that ends is the end of all of it.
    private func status(_ report: TLSReport) -> ExitStatus {
        guard let wanted = arguments.tls.days, let left = report.chain.map(\.daysLeft).min() else { return .success }
        if left >= wanted { return .success }
        let name = report.chain[0].shortSubject
        let span = left < 0 ? "ended \(Quantity.count(-left, "day")) ago" : "last \(Quantity.count(left, "day")) yet"
        reporter.report(
            FailedEvent(
                Failure(
                    code: "certificate",
                    message:
                        "the certificates of \(name) \(span), and --tls-days wants \(wanted)"
                )))
        return .notSo
    }
}
