import SockKit

/// TLS with whom one connects to: it is proven who that is, or nothing is said to him.
@Netpoller
final class TargetSecurity {
    private let client: TLSClient
    private let starter: StartTLS?
    private let reporter: Reporter
    private let arguments: TLSArguments
    /// What is agreed on is told by whoever asked for it.
    private let looks: Bool
    /// Told of a handshake that failed, in place of the reports.
    var onFailure: (@Netpoller (TLSFailedEvent) -> Void)?

    /// Nil where none is to be spoken.
    static func make(
        _ arguments: TLSArguments, isOn: Bool, forwards: Bool = false, withIdentities: Bool = true,
        datagrams: Bool = false,
        looks: Bool = false,
        _ reporter: Reporter
    ) throws(NetworkError) -> TargetSecurity? {
        guard isOn else { return nil }
        return try TargetSecurity(arguments, forwards, withIdentities, datagrams, looks, reporter)
    }

    private init(
        _ arguments: TLSArguments, _ forwards: Bool, _ withIdentities: Bool, _ datagrams: Bool,
        _ looks: Bool, _ reporter: Reporter
    ) throws(NetworkError) {
        self.reporter = reporter
        (starter, self.arguments, self.looks) = (arguments.starter, arguments, looks)
        client = try TLSClient(
            arguments.rules(reporter, forwards: forwards, withIdentities: withIdentities), arguments.trust,
            datagrams: datagrams, sessionFile: arguments.session?.byteString,
            reports: arguments.isInsecure || looks || reporter.isReported(.verbose))
    }

    /// Agrees with the server that was reached for `destination`; an error leaves the connection closed.
    @discardableResult
    func secure(
        _ connection: Connection, to destination: Destination, number: Int
    ) async throws(NetworkError) -> TLSReport? {
        do throws(NetworkError) {
            let host = destination.hostName
            if let starter {
                // What is said in clear is part of the handshake, and of its time.
                let before = (connection.readDeadline, connection.writeDeadline)
                connection.setDeadline(arguments.handshakeTimeout.map { .now + $0 })
                try await starter.begin(on: connection, host: host)
                (connection.readDeadline, connection.writeDeadline) = before
            }
            let report = try await client.secure(connection, host: host) { [reporter, onFailure, looks] report in
                let event = TLSFailedEvent(ends: Ends(connection, number: looks ? nil : number), report: report)
                if let onFailure { onFailure(event) } else { reporter.report(event) }
            }
            if let report {
                let ends = Ends(connection, number: number)
                if looks {
                    Self.warn(report, ends, arguments, reporter)
                } else {
                    Self.tell(report, ends, arguments, reporter)
                }
            }
            return report
        } catch {
            connection.close()
            throw error
        }
    }

    /// That nobody was proven to be anybody is told in any case.
    static func warn(_ report: TLSReport, _ ends: Ends, _ arguments: TLSArguments, _ reporter: Reporter) {
        guard arguments.isInsecure, let reason = report.reason else { return }
        reporter.report(InsecureEvent(ends: ends, reason: reason))
    }

    @inline(never)
    private static func tell(_ report: TLSReport, _ ends: Ends, _ arguments: TLSArguments, _ reporter: Reporter) {
        warn(report, ends, arguments, reporter)
        if reporter.isReported(.verbose) { reporter.report(TLSEvent(ends: ends, report: report)) }
    }
}

extension Destination {
    /// The host as it was written; none of a place that is no host.
    var hostName: String {
        if case .host(let name, _) = place { name.isEmpty ? "localhost" : name } else { "" }
    }
}
