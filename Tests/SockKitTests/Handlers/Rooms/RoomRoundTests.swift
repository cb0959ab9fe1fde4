import SockKit
import Testing

@testable import sockctl

/// What a room does for a peer on the spot, without a task.
@Suite(.timeLimit(.minutes(5))) struct RoomRoundTests {
    @Netpoller
    private func room() throws -> any Service {
        let reporter = Reporter(ReporterSettings(isQuiet: true), standardOutput: -1, standardError: -1)
        return Room(
            .chat, PairedStream(source: nil, sink: nil), PeerArguments(),
            try #require(PayloadCopies(TransferArguments(), reporter: reporter)), limits: Fanout.Limits(),
            keepsMessages: false, reporter: reporter)
    }

    @Netpoller
    private func peer(_ connection: Connection, _ number: Int) -> Peer {
        Peer(
            connection, number: number,
            reporter: Reporter(ReporterSettings(isQuiet: true), standardOutput: -1, standardError: -1))
    }

    @Test func `a line is passed on without a task, and an end is left to one`() async throws {
        try await onLoop {
            let (one, two) = (try await loopback(), try await loopback())
            let (room, speaker, hearer) = (try room(), peer(one.server, 1), peer(two.server, 2))
            for peer in [speaker, hearer] { #expect(room.serveNow(peer).isRest) }
            try await one.client.write(Array("hello\n".utf8))
            try await waitUntil("the line to come") { one.server.isReadable }
            #expect(room.serveNow(speaker).isRest)
            var heard = ""
            while !heard.contains("hello") { heard += try await two.client.readText() }
            #expect(heard.hasSuffix("<user1> hello\n"))
            try one.client.closeWrite()
            try await waitUntil("the end to come") { one.server.isReadable }
            #expect(!room.serveNow(speaker).isRest)
            for pair in [one, two] { pair.close() }
        }
    }
}

extension ServiceRound {
    fileprivate var isRest: Bool { if case .rests = self { true } else { false } }
}
