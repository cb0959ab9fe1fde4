import SockKit
import Testing

/// What a secured connection says of the bytes that it was given.
@Suite(.timeLimit(.minutes(5)), .needs(.openssl)) struct TLSAccountTests {
    /// Two ends that have agreed.
    @Netpoller
    private func secured(_ version: TLSRules.Version) async throws -> Loopback {
        let pair = try await loopback()
        var rules = TLSRules()
        rules.maximum = version
        var trust = TLSTrust()
        trust.isInsecure = true
        let server = try TLSServer(rules, verifiesClients: false, names: ["localhost"], addresses: [], reports: false)
        let client = try TLSClient(rules, trust, reports: false)
        let taking = Netpoller.spawn { _ = try await server.secure(pair.server) }
        try await client.secure(pair.client, host: "localhost")
        try await taking.value
        return pair
    }

    @Test(arguments: TLSRules.Version.allCases)
    func `what is written once the peer is gone is given back, or told as not acknowledged`(
        version: TLSRules.Version
    ) async throws {
        try await onLoop {
            let pair = try await secured(version)
            pair.server.reset()
            try await waitUntil("the reset") { pair.client.tcpInfo?.state == .closed }
            var written = 0
            for text in ["first", "second", "third"] {
                do throws(NetworkError) {
                    try await pair.client.write(text)
                    written += text.utf8.count
                } catch {
                    written += error.bytesTransferred
                }
            }
            #expect(pair.client.bytesUnacknowledged == written)
            pair.close()
        }
    }

    @Test(arguments: TLSRules.Version.allCases)
    func `of a write that is cut off what is not given back is acknowledged or told, record by record`(
        version: TLSRules.Version
    ) async throws {
        try await onLoop {
            let pair = try await secured(version)
            let block = [UInt8](repeating: 7, count: 16 << 20)
            var (written, failed) = (0, false)
            while !failed {
                pair.client.writeDeadline = .now + .milliseconds(200)
                do throws(NetworkError) {
                    try await pair.client.write(block)
                    written += block.count
                } catch {
                    (written, failed) = (written + error.bytesTransferred, true)
                }
            }
            // As long as these is the longest record, and of them only whole ones count.
            #expect(written % (16 << 10) == 0)
            let waiting = try #require(pair.client.bytesUnacknowledged)
            #expect(waiting <= written && waiting % (16 << 10) == 0)
            #expect(try #require(pair.client.bytesUnsent) <= waiting)
            pair.close()
        }
    }

    @Test func `plain text is told as it was said, in however many pieces it came`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let client = try TLSClient(TLSRules(), TLSTrust(), reports: false)
            let securing = Netpoller.spawn { try await client.secure(pair.client, host: "localhost") }
            _ = try await pair.server.read(upTo: 16384)
            // What is written over loopback is there at once: none there is all taken.
            for piece in ["2", "20", " mai"] {
                try await pair.server.write(piece)
                try await waitUntil("it is taken") { try pair.client.queued(.received) == 0 }
            }
            let error = await #expect(throws: NetworkError.self) { try await securing.value }
            #expect(error?.description.contains("\"220 m") == true, "\(String(describing: error))")
            pair.close()
        }
    }
}
