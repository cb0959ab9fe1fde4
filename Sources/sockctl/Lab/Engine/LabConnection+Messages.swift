import SockKit

extension LabConnection {
    /// Receives one message into that much room; what does not fit is gone, and the result says so.
    @discardableResult
    func receiveMessage(_ room: Int) async -> Party.Received {
        await party.receive(room, namesSource: false) { span throws(NetworkError) in
            try await self.connection.receiveMessage(into: &span)
        }
    }
}

extension Party {
    typealias Received = (datagram: Datagram?, bytes: [UInt8], error: NetworkError?)

    /// Receives one message or datagram, and shows it.
    func receive(
        _ room: Int, namesSource: Bool,
        _ body: @Netpoller (inout MutableSpan<UInt8>) async throws(NetworkError) -> Datagram
    ) async -> Received {
        let place = isQuiet ? nil : stage.begin(lane, labelled("receive(\(room))"))
        var buffer = [UInt8](repeating: 0, count: room)
        do throws(NetworkError) {
            var span = buffer.mutableSpan
            let datagram = try await body(&span)
            let bytes = Array(buffer.prefix(datagram.count))
            let text = bytes.count < 40 ? "\(datagram.count): \(Reading.quoted(bytes))" : "\(datagram.count) bytes"
            let rest = datagram.isTruncated ? ", cut from \(datagram.length) (MSG_TRUNC)" : ""
            let from = namesSource ? " from \(Self.brief(datagram.source))" : ""
            if let place { stage.finish(place, text + rest + from) }
            return (datagram, bytes, nil)
        } catch {
            if let place { stage.finish(place, Self.text(of: error), failed: true) }
            return (nil, [], error)
        }
    }
}
