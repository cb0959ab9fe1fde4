import SockKit
import Testing

/// What the parser refuses, seen from the client: each stream gets its answer, and the end.
@Suite(.timeLimit(.minutes(5))) struct ConversationCorpusTests {
    private static let refused = (startLineCorpus + fieldCorpus + framingCorpus + chunkCorpus).filter { row in
        row.outcome.last.flatMap(Self.status) != nil
    }

    /// The status that a refusal is answered with; nil where the outcome is none.
    private static func status(_ outcome: String) -> String? {
        guard let word = outcome.split(separator: " ").first, !outcome.contains("|") else { return nil }
        return word == "cut" ? "400" : word.count == 3 && UInt16(word) != nil ? String(word) : nil
    }

    @Test(arguments: refused)
    func `a stream that is refused is told so in the last answer, and nothing follows`(row: CorpusRow) async throws {
        let reading = Answering { (exchange) async throws(NetworkError) in
            _ = try await exchange.readWholeBody(limit: 1 << 20)
            try await exchange.respond(200, body: [])
        }
        let answer = try await onLoop {
            let talk = try await Talk(reading)
            try await talk.client.write(row.bytes)
            try talk.client.closeWrite()
            let answer = try await talk.rest()
            talk.client.close()
            return answer
        }
        let heads = answer.split(separator: "HTTP/1.1 ").map { $0.prefix(3) }
        #expect(heads.last.map(String.init) == row.outcome.last.flatMap(Self.status), "\(answer)")
        #expect(heads.dropLast().allSatisfy { ["200", "204", "100"].contains($0) }, "\(answer)")
        #expect(answer.contains("\r\nConnection: close\r\n"))
    }
}
