import Testing

@testable import SockKit

/// A server that does on each connection what a script says, lies included.
@Netpoller
final class ScriptedServer {
    /// One connection, as the script sees it.
    @Netpoller
    final class Peer {
        let connection: Connection
        /// Connections count from 1.
        let number: Int
        private var left: [UInt8] = []
        private unowned let server: ScriptedServer

        init(_ connection: Connection, _ number: Int, _ server: ScriptedServer) {
            self.connection = connection
            self.number = number
            self.server = server
        }

        /// Reads a request with its content; nil at the end.
        func request() async throws -> String? {
            guard let head = try await self.head() else { return nil }
            let content: [UInt8]
            if head.lowercased().contains("transfer-encoding: chunked") {
                content = try await until(Array("0\r\n\r\n".utf8)) ?? []
            } else if let line = head.split(separator: "\r\n").first(where: {
                $0.lowercased().hasPrefix("content-length:")
            }) {
                content = try await take(Int(line.split(separator: " ")[1]) ?? 0)
            } else {
                content = []
            }
            let all = head + String(decoding: content, as: UTF8.self)
            server.requests.append(all)
            return all
        }

        /// Reads a head alone.
        func head() async throws -> String? {
            try await until(Array("\r\n\r\n".utf8)).map { String(decoding: $0, as: UTF8.self) }
        }

        func send(_ text: String) async throws { try await connection.write(text) }

        /// Answers with a content of known length.
        func answer(_ content: String = "ok", _ fields: String = "") async throws {
            try await send("HTTP/1.1 200 OK\r\n\(fields)Content-Length: \(content.utf8.count)\r\n\r\n\(content)")
        }

        /// Answers every request until the client closes.
        func answerAll(_ content: String = "ok") async throws {
            while try await request() != nil { try await answer(content) }
        }

        /// Says nothing, until the client closes.
        func beSilent() async throws {
            while try await connection.discard() != nil {}
        }

        func close() { connection.close() }

        private func until(_ mark: [UInt8]) async throws -> [UInt8]? {
            var from = 0
            while true {
                if left.count >= mark.count {
                    for start in from...left.count - mark.count
                    where left[start..<start + mark.count].elementsEqual(mark) {
                        return try await take(start + mark.count)
                    }
                    from = left.count - mark.count + 1
                }
                guard try await more() else { return nil }
            }
        }

        func take(_ count: Int) async throws -> [UInt8] {
            while left.count < count { guard try await more() else { break } }
            defer { left.removeFirst(min(count, left.count)) }
            return Array(left.prefix(count))
        }

        private func more() async throws -> Bool {
            let chunk = try await connection.readChunk()
            left += chunk.copy()
            return !chunk.isEnd
        }
    }

    let listener: Listener
    /// What was asked, in order.
    fileprivate(set) var requests: [String] = []
    private(set) var connections = 0
    private(set) var open = 0
    private var task: Task<Void, Never>?

    init(_ network: Network = .tcp, _ script: @escaping @Netpoller @Sendable (Peer) async throws -> Void) async throws {
        listener = try await listen(network)
        // It serves as long as its test runs, which on a busy machine may be longer than anybody waits for one peer.
        listener.deadline = nil
        let listener = listener
        task = Netpoller.spawn { [weak self] in
            while let connection = try? await listener.accept() {
                guard let self else { return connection.close() }
                self.connections += 1
                self.open += 1
                let peer = Peer(connection, self.connections, self)
                connection.setDeadline(.now + patience)
                Netpoller.spawn {
                    try? await script(peer)
                    connection.close()
                    self.open -= 1
                }
            }
        }
    }

    func close() { listener.close() }

    /// A URL of it.
    func url(_ path: String = "/") throws -> HTTPURL { try HTTPURL("http://\(listener.endpoint)\(path)") }

    /// A GET of it, bounded in time.
    func get(_ path: String = "/") throws -> HTTPRequest {
        HTTPRequest(.get, try url(path), deadline: .now + patience)
    }

    func post(_ body: HTTPBody, _ path: String = "/", fields: Fields = [:]) throws -> HTTPRequest {
        HTTPRequest(.post, try url(path), fields: fields, body: body, deadline: .now + patience)
    }
}

extension Transport {
    /// The whole content of an answer, as text.
    func text(_ request: HTTPRequest, observer: ExchangeObserver? = nil) async throws(NetworkError) -> String {
        try await roundTrip(request, observer: observer).text()
    }
}

extension HTTPResponse {
    func text() async throws(NetworkError) -> String { String(decoding: try await readAll(), as: UTF8.self) }
}

extension TransportRules {
    /// The default rules with some changed.
    static func with(_ change: (inout TransportRules) -> Void) -> TransportRules {
        var rules = TransportRules()
        change(&rules)
        return rules
    }
}
