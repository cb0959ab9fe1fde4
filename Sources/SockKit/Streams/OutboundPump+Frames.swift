extension OutboundPump {
    /// Sends the input as messages: what one read of it makes whole goes in one write.
    func sendFrames(_ rules: FrameRules) async throws(NetworkError) {
        var framer = InputFramer(rules)
        while true {
            let chunk = try await source.readChunk()
            let isLast = chunk.isEmpty
            var frames: [UInt8] = []
            var refusal: NetworkError?
            do throws(NetworkError) {
                if isLast {
                    try framer.finish(into: &frames)
                } else {
                    try chunk.withBytes { bytes throws(NetworkError) in try framer.push(bytes, into: &frames) }
                }
            } catch {
                refusal = error
            }
            chunk.giveBack()
            if !frames.isEmpty { try await send(frames) }
            if let refusal { throw refusal }
            if isLast { return }
            if flow.shouldBreathe() { await Task.yield() }
        }
    }
}
