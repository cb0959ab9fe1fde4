import SockKit
import Synchronization

/// The lines that OpenBSD's nc writes with `-v`, word for word: scripts wait for them.
final class NetcatWording: Wording {
    /// What was to be dialled, as it was written.
    private let host: String?
    private let port: String?
    private let isNumeric: Bool
    private let isVerbose: Bool
    /// What nc does not say is said in the events' own words.
    private let isTalkative: Bool
    /// What /etc/hosts holds. Lines are made under a lock that those of `--trace` need too, so it is read before.
    private let hosts: String
    private let hasReceived = Atomic<Bool>(false)

    init(host: String?, port: String?, isNumeric: Bool, isVerbose: Bool, isTalkative: Bool) {
        self.host = host
        self.port = port
        self.isNumeric = isNumeric
        self.isVerbose = isVerbose
        self.isTalkative = isTalkative
        hosts = isVerbose && !isNumeric ? (try? FileCalls.contents(of: "/etc/hosts")) ?? "" : ""
    }

    func text(of event: any Event, on terminal: Terminal) -> String? {
        switch event {
        case let event as ListeningEvent: isVerbose ? listening(event.ends) : nil
        case let event as AcceptedEvent:
            isVerbose ? "Connection received on \(name(event.ends.remote, or: event.ends.local))" : nil
        case let event as DatagramReceivedEvent: received(event) ?? usual(event, terminal)
        case let event as ConnectedEvent: isVerbose ? connected(event.ends) ?? usual(event, terminal) : nil
        case let event as AttemptFailedEvent: isVerbose ? failed(event.failure) : nil
        case let event as FailedEvent:
            (isVerbose ? failed(event.failure) : nil) ?? event.text(on: terminal)
        case let event as ScannedEvent: isVerbose ? scanned(event) : nil
        case is SystemCallEvent: event.text(on: terminal)
        default: usual(event, terminal)
        }
    }

    private func usual(_ event: any Event, _ terminal: Terminal) -> String? {
        isTalkative || type(of: event).level != .verbose ? event.text(on: terminal) : nil
    }

    // MARK: - Listening

    private func listening(_ ends: Ends) -> String {
        let place = name(ends.local, or: nil)
        if ends.network.kind == .datagram { return "Bound on \(place)" }
        return (ends.network.isUnix ? "Bound on \(place)\n" : "") + "Listening on \(place)"
    }

    /// nc connects to the first who sends, and says so once.
    private func received(_ event: DatagramReceivedEvent) -> String? {
        guard isVerbose, host == nil, !hasReceived.exchange(true, ordering: .relaxed) else { return nil }
        return "Connection received on \(name(event.ends.remote, or: event.ends.local))"
    }

    /// An address and a port, with the name that /etc/hosts has for it; a path.
    private func name(_ endpoint: Endpoint?, or other: Endpoint?) -> String {
        switch endpoint {
        case .ip(let address, let port)?:
            "\(HostsFile.name(of: address, in: hosts) ?? "\(address)") \(port)"
        case .unix(.unnamed)?, nil: other.map { name($0, or: nil) } ?? "(unnamed)"
        case let endpoint?: endpoint.description.printable
        }
    }

    // MARK: - Dialling

    /// nc says nothing of Unix sockets.
    private func connected(_ ends: Ends) -> String? {
        guard case .ip(let address, let port)? = ends.remote else { return nil }
        return succeeded(address, port, isDatagram: ends.network.isUDP)
    }

    private func succeeded(_ address: IPAddress, _ port: UInt16, isDatagram: Bool) -> String {
        let service = isNumeric ? nil : NameCalls.service(at: port, datagram: isDatagram)
        return
            "Connection to \(place(address)) \(port) port [\(isDatagram ? "udp" : "tcp")/\(service ?? "*")] succeeded!"
    }

    private func place(_ address: IPAddress) -> String {
        guard let host, !isNumeric, host != "\(address)" else { return "\(address)" }
        return "\(host) (\(address))"
    }

    private func failed(_ failure: Failure) -> String? {
        // nc has no words for a proxy that is not reached, and those it has name somebody else.
        guard failure.operation == "dial", let host, !failure.isOfWay else { return nil }
        if failure.code == "no-such-host" {
            return "nc: getaddrinfo for host \"\(host)\" port \(port ?? "0"): Name or service not known"
        }
        guard case .ip(let address, let port)? = failure.remote, let network = failure.network else { return nil }
        let what = "nc: connect to \(place(address)) port \(port) (\(network.isUDP ? "udp" : "tcp"))"
        // nc waits with poll(2), and then shows what connect(2) had said at first.
        if failure.code == "timeout" { return "\(what) timed out: Operation now in progress" }
        let cause = failure.message.split(separator: ": ").last.map(String.init) ?? failure.message
        // The words may be a proxy's.
        return "\(what) failed: \(Self.capitalized(cause).printable)"
    }

    /// A port that a scan found open, or not.
    private func scanned(_ event: ScannedEvent) -> String? {
        guard case .ip(let address, let port) = event.finding.remote else { return nil }
        let isDatagram = event.network.isUDP
        let what = "nc: connect to \(place(address)) port \(port) (\(isDatagram ? "udp" : "tcp"))"
        switch event.finding.state {
        case .refused: return "\(what) failed: Connection refused"
        case .filtered:
            guard let reason = event.finding.reason else { return "\(what) timed out: Operation now in progress" }
            return "\(what) failed: \(Self.capitalized("\(reason)"))"
        // nc says of these that they succeeded.
        case .silent: return "\(what) timed out: No answer"
        case .open: return succeeded(address, port, isDatagram: isDatagram)
        }
    }

    private static func capitalized(_ text: String) -> String { "\(text.prefix(1).uppercased())\(text.dropFirst())" }
}

/// The names that /etc/hosts has for addresses, hosts(5).
enum HostsFile {
    /// The first name of an address; nil where there is none.
    static func name(of address: IPAddress, in text: String) -> String? {
        for line in text.split(separator: "\n") {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            if words.count > 1, IPAddress(String(words[0])) == address { return String(words[1]) }
        }
        return nil
    }
}
