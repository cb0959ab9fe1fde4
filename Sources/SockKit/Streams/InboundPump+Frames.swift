extension InboundPump {
    /// Moves whole messages into the sink, each with its separator; an error is returned, not thrown, where the stream
    /// ended inside a frame.
    func receiveFrames(_ rules: FrameRules) async throws(NetworkError) -> NetworkError? {
        var reader = MessageReader(rules, tap)
        while true {
            let chunk = try await readChunk()
            guard !chunk.isEmpty else { break }
            flow.add(chunk.count)
            let broken = chunk.withBytes { bytes in
                tap.seesReceived?(bytes)
                return reader.push(bytes)
            }
            chunk.giveBack()
            try await deliver(&reader)
            if let broken { throw connection.failure(broken) }
            if flow.shouldBreathe() { await Task.yield() }
        }
        let broken = reader.finish()
        try await deliver(&reader)
        return broken.map(connection.failure)
    }

    private func deliver(_ reader: inout MessageReader) async throws(NetworkError) {
        let output = reader.takeOutput()
        guard !output.isEmpty else { return }
        tap.seesPayloads?(output.span)
        try await sink?.write(output)
    }
}

/// What is to be output of the messages of a stream: the payloads, each followed by the separator.
@Netpoller
package struct MessageReader {
    private var decoder: FrameDecoder
    private let separator: [UInt8]
    private let sees: (@Netpoller @Sendable (Int, Int) -> Void)?
    private var output: [UInt8] = []

    package init(_ rules: FrameRules, _ tap: RelayTap) {
        decoder = FrameDecoder(rules.framing, maximum: rules.maximum)
        separator = rules.separator
        sees = tap.seesMessage
    }

    /// Takes the next bytes of the stream; an error leaves the messages before it to be output.
    package mutating func push(_ bytes: Span<UInt8>) -> FramingError? {
        var output: [UInt8] = []
        swap(&output, &self.output)
        defer { swap(&output, &self.output) }
        do throws(FramingError) {
            try decoder.push(bytes) { (index, payload) throws(FramingError) in
                output.append(payload)
                output += separator
                sees?(index, payload.count)
            }
            return nil
        } catch {
            return error
        }
    }

    /// The end of the stream: what there is of an unfinished payload is output as well, with what was missing.
    package mutating func finish() -> FramingError? {
        guard let rest = decoder.finish() else { return nil }
        if !rest.payload.isEmpty { output += rest.payload + separator }
        return rest.error
    }

    package mutating func takeOutput() -> [UInt8] {
        defer { output = [] }
        return output
    }
}

extension Connection {
    /// What broke the framing of what was read here.
    package func failure(_ error: FramingError) -> NetworkError {
        NetworkError(
            .read, network: network, local: localEndpoint, remote: remoteEndpoint, cause: .frame(error))
    }
}

extension RelayResult.Ending {
    /// A frame that was cut off makes an end a failure, unless it is one already or nobody cares any more.
    func orFailed(_ error: NetworkError?) -> RelayResult.Ending {
        guard let error else { return self }
        switch self {
        case .done, .inputStayedOpen, .quit, .idle: return .failed(error)
        case .outputGone, .failed, .cancelled: return self
        }
    }
}
