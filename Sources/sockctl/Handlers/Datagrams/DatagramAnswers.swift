import SockKit

/// Answers each datagram of a batch, all in one call.
@Netpoller
final class DatagramAnswers {
    private let reply: DatagramReply
    private let socket: DatagramSocket
    private let outgoing: OutgoingBatch
    private let reporter: Reporter?
    private let failures: Reporter
    /// Bound to every address: then the answer's source must be said, or a connected asker would not know it.
    let needsControl: Bool

    /// `reporter` is told of each answer, where somebody wants to know.
    init(
        _ reply: DatagramReply, _ socket: DatagramSocket, _ reporter: Reporter?, failures: Reporter
    ) throws(NetworkError) {
        self.reply = reply
        self.socket = socket
        self.reporter = reporter
        self.failures = failures
        outgoing = try OutgoingBatch(for: socket)
        needsControl = socket.localEndpoint.address?.isUnspecified ?? false
        if needsControl { socket.receiveDestinations() }
    }

    /// What cannot be sent without waiting is dropped, with a report: one asker who does not listen holds up no other.
    func answer(_ batch: DatagramBatch, _ count: Int) {
        var places: [Int] = []
        var receivers: [Endpoint] = []
        for index in 0..<count {
            let source = batch.source(of: index)
            // A Unix sender without a name has nowhere to be answered.
            guard source != .unix(.unnamed) else { continue }
            places.append(index)
            receivers.append(source)
        }
        do throws(NetworkError) {
            try outgoing.setReceivers(receivers, for: socket)
        } catch {
            failures.fail(error)
            return
        }
        for (place, index) in places.enumerated() {
            while !append(batch, index, to: place) { flush() }
            report(batch, index, to: receivers[place])
        }
        flush()
        outgoing.removeAll()
    }

    private func append(_ batch: DatagramBatch, _ index: Int, to place: Int) -> Bool {
        let source = needsControl ? answerable(batch.control(of: index).destination) : nil
        switch reply {
        case .echo: return batch.withPayload(of: index) { outgoing.append($0, to: place, from: source) }
        case .text(let bytes): return outgoing.append(bytes.span, to: place, from: source)
        }
    }

    /// Nothing can come from a group's address.
    private func answerable(_ address: IPAddress?) -> IPAddress? {
        guard let address, !address.isMulticast, address.v4Bits != .max else { return nil }
        return address
    }

    private func report(_ batch: DatagramBatch, _ index: Int, to receiver: Endpoint) {
        guard let reporter else { return }
        let bytes =
            switch reply {
            case .echo: batch.byteCount(of: index)
            case .text(let bytes): bytes.count
            }
        let ends = Ends(socket.network, local: socket.localEndpoint, remote: receiver)
        reporter.report(.datagramSent(ends, DatagramFacts(bytes: bytes, length: bytes)))
    }

    private func flush() {
        while !outgoing.isEmpty {
            do throws(NetworkError) {
                if try socket.sendNow(outgoing) != nil { continue }
                throw socket.wouldBlock(outgoing)
            } catch {
                failures.fail(error)
                _ = outgoing.dropFirst()
            }
        }
        outgoing.removeAll()
    }
}
