import SockKit

extension LabConnection {
    /// Receives one message into that much room; what does not fit is gone, and the result says so.
    @discardableResult
    func receiveMessage(_ room: Int) async -> (message: Datagram?, bytes: [UInt8], error: NetworkError?) {
        let stage = party.stage
        let place = party.isQuiet ? nil : stage.begin(party.lane, party.labelled("receive(\(room))"))
        var buffer = [UInt8](repeating: 0, count: room)
        do throws(NetworkError) {
            var span = buffer.mutableSpan
            let message = try await connection.receiveMessage(into: &span)
            let bytes = Array(buffer.prefix(message.count))
            let text = bytes.count < 40 ? "\(message.count): \(Reading.quoted(bytes))" : "\(message.count) bytes"
            let rest = message.isTruncated ? ", cut from \(message.length) (MSG_TRUNC)" : ""
            if let place { stage.finish(place, text + rest) }
            return (message, bytes, nil)
        } catch {
            if let place { stage.finish(place, Party.text(of: error), failed: true) }
            return (nil, [], error)
        }
    }
}
