import SockKit

/// A Unix socket that speaks JSON Lines: each line is an order, and has one line as its answer.
@Netpoller
final class ControlSocket {
    private let listener: Listener
    private let desk: FaultDesk
    private var acceptor: Task<Void, Never>?
    private var clients: [ObjectIdentifier: Connection] = [:]

    /// The longest line.
    static let most = 64 * 1024

    init(_ listener: Listener, _ desk: FaultDesk) {
        self.listener = listener
        self.desk = desk
        acceptor = Netpoller.spawn {
            while let client = try? await listener.accept() { self.serve(client) }
        }
    }

    /// Listens there, for nobody but this user.
    static func open(_ place: Destination, _ desk: FaultDesk) async throws(NetworkError) -> ControlSocket {
        ControlSocket(try await ListenConfiguration().listen(.unix, at: place), desk)
    }

    func close() {
        acceptor?.cancel()
        listener.close()
        for client in clients.values { client.close() }
    }

    private func serve(_ client: Connection) {
        clients[ObjectIdentifier(client)] = client
        Netpoller.spawn {
            // Whoever leaves in the middle of a line has no wishes.
            try? await self.converse(client)
            client.close()
            self.clients[ObjectIdentifier(client)] = nil
        }
    }

    private func converse(_ client: Connection) async throws(NetworkError) {
        var line: [UInt8] = []
        var isTooLong = false
        while true {
            let chunk = try await client.readChunk()
            let isEnd = chunk.isEnd
            var bytes = chunk.copy()[...]
            chunk.giveBack()
            while let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                line += bytes[..<end]
                bytes = bytes[(end + 1)...]
                try await answer(line, isTooLong, client)
                (line, isTooLong) = ([], false)
            }
            line += bytes
            if line.count > Self.most { (line, isTooLong) = ([], true) }
            if isEnd {
                if isTooLong || !line.isEmpty { try await answer(line, isTooLong, client) }
                return
            }
        }
    }

    private func answer(_ line: [UInt8], _ isTooLong: Bool, _ client: Connection) async throws(NetworkError) {
        if isTooLong || line.count > Self.most {
            return try await say(FaultDesk.refusal("the line is longer than 64 KiB"), client)
        }
        try await say(desk.answer(line.span), client)
    }

    private func say(_ answer: JSONValue, _ client: Connection) async throws(NetworkError) {
        try await client.write(answer.text + "\n")
    }
}
