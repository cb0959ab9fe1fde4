import SockKit

/// The PROXY protocol of a forwarder: who is behind a peer is asked of it, and said to the target.
@Netpoller
struct ProxyIntroduction {
    /// Of whom a header is expected; nil where none is.
    private let trusted: Gate?
    /// What is written to targets; nil where nothing is.
    private let version: ProxyHeader.Version?
    private let reporter: Reporter

    /// So long a header may take. The protocol asks for three seconds at least, in which a lost segment is sent again.
    private static let patience = Duration.seconds(5)

    init(_ arguments: ProxyHeaderArguments, trusted: Gate?, _ reporter: Reporter) {
        self.trusted = trusted
        version = arguments.sends ? arguments.version : nil
        self.reporter = reporter
    }

    /// Peers are asked.
    var asks: Bool { trusted != nil }

    /// Takes the header off a peer's connection.
    func receive(from peer: Peer) async throws(NetworkError) {
        guard let trusted else { return }
        guard trusted.refusal(of: peer.connection) == nil else {
            let who = peer.ends.peerName
            throw peer.names.failure(
                .read,
                .message(MessageError(.refused, "PROXY header", "none is taken of \(who), whom no --trust names")))
        }
        let header: ProxyHeader
        do throws(NetworkError) {
            header = try await ProxyHeader.read(from: peer.connection, until: .now + Self.patience)
        } catch {
            // What it sends instead is nothing that anybody will read.
            peer.isCutOff = true
            throw error
        }
        let proxy = peer.ends
        peer.origin = PeerOrigin(header)
        report(header, proxy)
    }

    /// What tells a target who is behind a connection, before anything else is said there; empty where nobody is told.
    func words(of peer: Peer) -> [UInt8] {
        guard let version else { return [] }
        return header(version, of: peer).bytes
    }

    private func header(_ version: ProxyHeader.Version, of peer: Peer) -> ProxyHeader {
        guard let header = peer.origin?.header else {
            return ProxyHeader(
                version, ProxyHeader.Ends(peer.connection.remoteEndpoint, to: peer.connection.localEndpoint))
        }
        return header.isLocal ? .local(version) : ProxyHeader(version, header.ends)
    }

    @inline(never)
    private func report(_ header: ProxyHeader, _ proxy: Ends) {
        guard reporter.isReported(.verbose) else { return }
        reporter.report(ProxyHeaderEvent(ends: proxy, header: header))
    }
}
