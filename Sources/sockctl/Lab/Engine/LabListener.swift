import SockKit

/// A listening socket of an experiment.
@Netpoller
final class LabListener {
    let listener: Listener
    let party: Party

    init(_ listener: Listener, of party: Party) {
        self.listener = listener
        self.party = party
    }

    var endpoint: Endpoint { listener.endpoint }
    var network: Network { listener.network }

    /// The port of an IP listener.
    var port: UInt16 { listener.endpoint.port ?? 0 }

    func accept() async throws(Interruption) -> LabConnection {
        // Nobody gives back what it lacks, unless the experiment is about that, and looks on.
        listener.failsWhenShort = listener.onRetry == nil
        let connection = try await party.call(
            "accept", { () async throws(NetworkError) in try await listener.accept() },
            result: { $0.network.isUnix ? "a connection" : "from \(Party.brief($0.remoteEndpoint))" })
        return party.adopt(connection)
    }

    func close() {
        party.system("close the listener") { listener.close() }
    }
}
