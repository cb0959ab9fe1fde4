import SockKit

/// A web server of an experiment.
@Netpoller
final class LabWeb {
    let server: HTTPServer
    let endpoint: Endpoint

    init(_ server: HTTPServer, _ endpoint: Endpoint) {
        self.server = server
        self.endpoint = endpoint
    }

    func url(_ path: String) -> String { "http://\(endpoint)\(path)" }
}

/// What came of a request.
struct LabAnswer: Sendable {
    let head: ResponseHead
    let body: [UInt8]
    let connection: ConnectionFacts

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The port that the request came from, as the server saw it.
    var port: Int { Int(connection.names.local?.port ?? 0) }
}

/// A handler that is written where it is used.
struct LabHandler: HTTPHandler {
    let body: @Netpoller @Sendable (HTTPExchange) async throws(NetworkError) -> Void

    func answer(_ exchange: HTTPExchange) async throws(NetworkError) { try await body(exchange) }
}

/// Notes each request on the server's lane.
private struct RequestNotes: HTTPObserver {
    let stage: Stage
    let party: Party

    func didReceiveHead(_ exchange: HTTPExchange) {
        let from = exchange.names.remote.map { " from \(Party.brief($0))" } ?? ""
        party.note("\(exchange.request.method) \(exchange.request.target)\(from)")
    }
}

extension Party {
    /// Serves HTTP until the experiment is over.
    func serve(
        _ handler: any HTTPHandler, limits: HTTPServerLimits = HTTPServerLimits()
    ) async throws(Interruption) -> LabWeb {
        let server = HTTPServer(handler, limits: limits, observer: RequestNotes(stage: stage, party: self))
        let listener = try await listen()
        stage.atEnd { Netpoller.spawn { await server.shutdown(grace: .zero) } }
        _ = stage.go { try? await server.serve(listener.listener) }
        return LabWeb(server, listener.endpoint)
    }

    /// Asks for a URL and reads the whole answer.
    func get(
        _ client: HTTPClient, _ address: String, _ fields: Fields = [:], body: HTTPBody = .none
    ) async throws(Interruption) -> LabAnswer {
        guard let url = try? HTTPURL(address) else { throw .notRun("\(address) is no URL") }
        let method: HTTPMethod = body.length == 0 ? .get : .post
        let request = HTTPRequest(method, url, fields: fields, body: body)
        return try await call("\(method) \(url.target)") { () async throws(NetworkError) in
            let response = try await client.send(request)
            let body = try await response.readAll()
            return LabAnswer(head: response.head, body: body, connection: response.connectionFacts)
        } result: { answer in
            let place = answer.connection.isReused ? "the connection of before" : "a new connection"
            return "\(answer.head.status) \(answer.head.reason), \(Quantity.bytes(answer.body.count)), on \(place)"
        }
    }
}
