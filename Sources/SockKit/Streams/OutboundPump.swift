/// Moves what comes from a source into a connection until the source ends, by the cheapest way there is.
@Netpoller
struct OutboundPump {
    let source: ByteSource
    let paced: PacedConnection
    let flow: RelayFlow
    let tap: RelayTap
    let chunkSize: Int

    var connection: Connection { paced.connection }

    private static let most = 1 << 20

    /// What the kernel did not take is put back when this fails.
    func run() async throws(NetworkError) {
        while let bytes = source.takeReturned() {
            try await send(bytes)
        }
        if source.hasEnded { return }
        try await move()
        source.noteEnd()
    }

    private func move() async throws(NetworkError) {
        let isPlain =
            tap.seesSent == nil && tap.converts == nil && connection.network.kind == .stream && paced.pace.writesFreely
        if isPlain, source.given.isSpliceable { return try await splice() }
        if isPlain, source.isFile { return try await sendFile() }
        try await copy()
    }

    // MARK: - Through this process

    private func copy() async throws(NetworkError) {
        while true {
            let chunk = try await source.readChunk(maximum: chunkSize)
            guard !chunk.isEmpty else { return }
            let bytes = chunk.withBytes { bytes in tap.converts?(bytes) ?? bytes.copied }
            chunk.giveBack()
            try await send(bytes)
            if flow.shouldBreathe() { await Task.yield() }
        }
    }

    /// What the kernel did not take of it is put back when this fails.
    func send(_ bytes: [UInt8]) async throws(NetworkError) {
        flow.stranded = bytes.count
        var gone = 0
        do throws(NetworkError) {
            for piece in paced.pieces(of: bytes) {
                try await paced.write(bytes.span.extracting(piece.indices)) { count in
                    tap.seesSent?(bytes.span.extracting(gone..<gone + count))
                    gone += count
                    flow.stranded -= count
                    flow.add(count)
                }
            }
        } catch {
            source.putBack(Array(bytes.dropFirst(gone)))
            throw error
        }
    }

    // MARK: - Inside the kernel

    private enum Step {
        case moved(Int), sourceEmpty, ended
    }

    private func splice() async throws(NetworkError) {
        let pipe = source.given.descriptor
        while true {
            if !pipe.isReady(.read) { try await waitForInput(pipe) }
            do throws(DescriptorFailure) {
                let step = try await connection.descriptor.perform(.write) { socket throws(Errno) in
                    try spliceOnce(pipe, to: socket)
                }
                switch step {
                case .ended: return
                case .sourceEmpty: break
                case .moved(let count): flow.add(count)
                }
            } catch {
                throw connection.failure(.write, error)
            }
            if flow.shouldBreathe() { await Task.yield() }
        }
    }

    private func waitForInput(_ pipe: PolledDescriptor) async throws(NetworkError) {
        do throws(DescriptorFailure) { try await pipe.waitUntilReady(.read) } catch {
            throw NetworkError(.read, network: nil, cause: NetworkError.Cause(error, call: "read standard input"))
        }
    }

    /// splice(2) says would-block for an empty pipe and for a full socket alike; the pipe's own count tells which. When
    /// it holds something, one more attempt is needed to know that it was the socket: the bytes may have just come.
    private func spliceOnce(_ pipe: PolledDescriptor, to socket: Int32) throws(Errno) -> Attempt<Step> {
        try pipe.withNumberOrErrno { number throws(Errno) in
            var outcome = try TransferCalls.splice(from: number, to: socket, upTo: Self.most)
            if case .wouldBlock = outcome {
                guard try FileCalls.queued(number, .received) > 0 else {
                    pipe.noteBlocked(.read)
                    return .done(.sourceEmpty)
                }
                outcome = try TransferCalls.splice(from: number, to: socket, upTo: Self.most)
            }
            switch outcome {
            case .wouldBlock: return .wouldBlock
            case .done(0): return .done(.ended)
            case .done(let count): return .done(.moved(count))
            }
        }
    }

    private func sendFile() async throws(NetworkError) {
        let file = source.given.descriptor
        while true {
            let count: Int
            do throws(DescriptorFailure) {
                count = try await connection.descriptor.perform(.write) { socket throws(Errno) in
                    try file.withNumberOrErrno { number throws(Errno) in
                        try TransferCalls.sendFile(from: number, to: socket, upTo: Self.most)
                    }
                }
            } catch {
                throw connection.failure(.write, error)
            }
            guard count > 0 else { return }
            flow.add(count)
            if flow.shouldBreathe() { await Task.yield() }
        }
    }
}
