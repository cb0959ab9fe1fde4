import SockKit

/// A datagram socket of an experiment.
@Netpoller
final class LabSocket {
    let socket: DatagramSocket
    let party: Party

    init(_ socket: DatagramSocket, of party: Party) {
        self.socket = socket
        self.party = party
    }

    var endpoint: Endpoint { socket.localEndpoint }

    /// Receives one datagram into that much room.
    @discardableResult
    func receive(_ room: Int = 65536) async -> Party.Received {
        await party.receive(room, namesSource: !socket.network.isUnix) { span throws(NetworkError) in
            try await self.socket.receive(into: &span)
        }
    }

    /// Sends one datagram; the error, if there is one.
    @discardableResult
    func send(_ bytes: [UInt8], to remote: Endpoint) async -> NetworkError? {
        let stage = party.stage
        let what = bytes.count < 40 ? Reading.quoted(bytes) : "\(bytes.count) bytes"
        let to = socket.network.isUnix ? "" : " to \(Party.brief(remote))"
        let place = party.isQuiet ? nil : stage.begin(party.lane, party.labelled("send(\(what))\(to)"))
        do throws(NetworkError) {
            try await socket.send(bytes.span, to: remote)
            if let place { stage.finish(place, "ok") }
            return nil
        } catch {
            if let place { stage.finish(place, Party.text(of: error), failed: true) }
            return error
        }
    }

    @discardableResult
    func send(_ text: String, to remote: Endpoint) async -> NetworkError? {
        await send(Array(text.utf8), to: remote)
    }

    func close() { party.system("close") { socket.close() } }
}
