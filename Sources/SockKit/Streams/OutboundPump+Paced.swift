extension OutboundPump {
    /// Through this process, in the pieces and at the times that the pace asks for.
    func copyPaced() async throws(NetworkError) {
        var atLineStart = false
        while true {
            let chunk = try await source.readChunk(maximum: chunkSize)
            guard !chunk.isEmpty else { return }
            let bytes = chunk.withBytes { bytes in tap.converts?(bytes) ?? bytes.copied }
            chunk.giveBack()
            flow.stranded = bytes.count
            for piece in pieces(of: bytes) {
                if atLineStart { try await paced.pauseBetweenLines() }
                try await send(bytes.span.extracting(piece.indices))
                atLineStart = piece.last == UInt8(ascii: "\n")
            }
            if flow.shouldBreathe() { await Task.yield() }
        }
    }

    /// Lines go one by one where they are to be apart, and all together otherwise.
    private func pieces(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        paced.pace.lineDelay > .zero ? bytes.split(after: UInt8(ascii: "\n")) : [bytes[...]]
    }

    private func send(_ bytes: Span<UInt8>) async throws(NetworkError) {
        var gone = 0
        try await paced.write(bytes) { count in
            tap.seesSent?(bytes.extracting(gone..<gone + count))
            gone += count
            flow.stranded -= count
            flow.add(count)
        }
    }
}

extension Array<UInt8> {
    /// The pieces that end with `last`, and what is left after the last of them.
    package func split(after last: UInt8) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var rest = self[...]
        while let end = rest.firstIndex(of: last) {
            pieces.append(rest[...end])
            rest = rest[(end + 1)...]
        }
        if !rest.isEmpty { pieces.append(rest) }
        return pieces
    }
}
