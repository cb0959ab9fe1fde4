import SockKit

/// The paths that are there without any file: what the documents' server has, and what is good to try a client on.
struct BuiltInPaths: HTTPHandler {
    /// What the index says of each, in its order.
    static let list: [(path: String, link: String, meaning: String)] = [
        ("/time", "/time", "the time here"),
        ("/headers", "/headers", "the fields of the request, one a line"),
        ("/echo", "/echo", "the content of the request; of one without, its head"),
        ("/delay/D", "/delay/1s", "an answer after D, as in /delay/1.5s"),
        ("/bytes/N", "/bytes/1K", "N bytes, as in /bytes/64K"),
        ("/status/N", "/status/404", "an answer with this status"),
        ("/stream/N", "/stream/5", "N chunks, 100 ms apart"),
    ]

    /// Whether there is something at a path, if only a refusal of the rest of it.
    static func knows(_ path: String) -> Bool {
        path == "/"
            || list.contains { entry in
                let folder = entry.path.dropFirst().firstIndex(of: "/").map { entry.path[...$0] }
                return folder.map(path.hasPrefix) ?? (path == entry.path)
            }
    }

    /// What echoes and what answers with a status does so whatever the method is.
    func allows(_ method: HTTPMethod, at path: String) -> Bool {
        switch method {
        case .get, .head, .options: true
        case .connect: false
        default: path == "/echo" || path.hasPrefix("/status/")
        }
    }

    func answer(_ exchange: HTTPExchange) async throws(NetworkError) {
        let path = exchange.request.path
        // Its target is a host, and no path that could be missing.
        if case .connect = exchange.request.method { return try await refuseMethod(exchange) }
        if path == "/time" {
            guard Self.isRead(exchange) else { return try await refuseMethod(exchange) }
            return putTime(exchange)
        }
        let parts = path.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard path != "/" else { return try await answerIndex(exchange) }
        switch (parts.count, parts.count > 1 ? parts[1] : "") {
        case (2, "headers"): try await answerHeaders(exchange)
        case (2, "echo"): try await echo(exchange)
        case (3, "delay"): try await delay(exchange, String(parts[2]))
        case (3, "bytes"): try await pour(exchange, String(parts[2]))
        case (3, "status"): try await answerStatus(exchange, String(parts[2]))
        case (3, "stream"): try await stream(exchange, String(parts[2]))
        default: try await exchange.refuse(404)
        }
    }

    /// Whether the request only asks.
    @Netpoller
    private static func isRead(_ exchange: HTTPExchange) -> Bool {
        switch exchange.request.method {
        case .get, .head: true
        default: false
        }
    }

    @Netpoller
    private func refuseMethod(_ exchange: HTTPExchange) async throws(NetworkError) {
        try await exchange.respond(allowing: [.get, .head])
    }

    private static let plain: Fields = ["Content-Type": "text/plain; charset=utf-8"]

    // MARK: - Small answers

    @Netpoller
    private func putTime(_ exchange: HTTPExchange) {
        let body = TimeText.shared.now()
        exchange.put(200, Self.plain, body: body.span)
    }

    @Netpoller
    private func answerHeaders(_ exchange: HTTPExchange) async throws(NetworkError) {
        guard Self.isRead(exchange) else { return try await refuseMethod(exchange) }
        var lines = ""
        // Go's net/http keeps Host apart and writes names in one way, whatever way they came.
        for field in exchange.request.fields where field.name.lowercased() != "host" {
            lines += "\(field.name.canonical):\(field.value)\n"
        }
        try await exchange.respond(200, Self.plain, body: Array(lines.utf8))
    }

    @Netpoller
    private func answerIndex(_ exchange: HTTPExchange) async throws(NetworkError) {
        guard Self.isRead(exchange) else { return try await refuseMethod(exchange) }
        if exchange.request.fields["accept"]?.contains("text/html") == true {
            let rows = Self.list.map { "<li><a href=\"\($0.link)\">\($0.path)</a> \($0.meaning)</li>" }
            let page = """
                <!doctype html>
                <html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
                <title>sockctl</title><style>:root{color-scheme:light dark;font:1rem/1.6 system-ui}\
                body{max-width:40rem;margin:2rem auto;padding:0 1rem}</style>
                <h1>sockctl http-serve</h1><ul>\(rows.joined(separator: "\n"))</ul></html>

                """
            return try await exchange.respond(
                200, ["Content-Type": "text/html; charset=utf-8"], body: Array(page.utf8))
        }
        let width = 12
        let lines = Self.list.map { entry in
            entry.path + String(repeating: " ", count: width - entry.path.utf8.count) + entry.meaning + "\n"
        }
        try await exchange.respond(200, Self.plain, body: Array(lines.joined().utf8))
    }

    @Netpoller
    private func answerStatus(_ exchange: HTTPExchange, _ word: String) async throws(NetworkError) {
        guard let code = UInt16(word), (200...599).contains(code), word.utf8.count == 3 else {
            return try await exchange.refuse(400, reason: "'\(word)' is no status; give one from 200 to 599")
        }
        let status = HTTPStatus(code)
        if status.hasNoContent || status == 205 { return try await exchange.respond(status, body: []) }
        try await exchange.refuse(status, status.isRedirection ? ["Location": "/"] : [:])
    }

    // MARK: - Content

    @Netpoller
    private func echo(_ exchange: HTTPExchange) async throws(NetworkError) {
        let chunk = try await exchange.readBody()
        guard !chunk.isEnd else {
            let head = exchange.request
            let lines = [head.description] + head.fields.map { "\($0.name): \($0.value)" }
            return try await exchange.respond(200, Self.plain, body: Array((lines.joined(separator: "\n") + "\n").utf8))
        }
        let type = exchange.request.fields["content-type"] ?? "application/octet-stream"
        try await exchange.begin(200, ["Content-Type": type], length: exchange.contentLength)
        try await pass(chunk, exchange)
        while true {
            let chunk = try await exchange.readBody()
            if chunk.isEnd { break }
            try await pass(chunk, exchange)
        }
        try await exchange.finish()
    }

    @Netpoller
    private func pass(_ chunk: consuming Chunk, _ exchange: HTTPExchange) async throws(NetworkError) {
        try await exchange.write(chunk)
        chunk.giveBack()
    }

    private static let mostBytes = 1 << 40

    @Netpoller
    private func pour(_ exchange: HTTPExchange, _ word: String) async throws(NetworkError) {
        guard Self.isRead(exchange) else { return try await refuseMethod(exchange) }
        guard let count = try? ValueType<Int>.size(0...Self.mostBytes).parse(word) else {
            return try await exchange.refuse(400, reason: "'\(word)' is no size; write it like 100, 64K, 1M or 1G")
        }
        try await exchange.begin(200, ["Content-Type": "application/octet-stream"], length: count)
        guard exchange.request.method != .head else { return }
        let piece = [UInt8](repeating: UInt8(ascii: "."), count: min(count, 64 << 10))
        var left = count
        while left > 0 {
            try await exchange.write(piece.span.extracting(first: min(left, piece.count)))
            left -= min(left, piece.count)
        }
        try await exchange.finish()
    }

    // MARK: - Time

    private static let longestDelay = Duration.seconds(3600)

    @Netpoller
    private func delay(_ exchange: HTTPExchange, _ word: String) async throws(NetworkError) {
        guard Self.isRead(exchange) else { return try await refuseMethod(exchange) }
        guard let span = try? DurationText.parse(word), span <= Self.longestDelay else {
            let reason = "'\(word)' is no duration up to 1h; write it like 500ms, 2s or 1.5m"
            return try await exchange.refuse(400, reason: reason)
        }
        try await exchange.pause(for: span)
        try await exchange.respond(200, Self.plain, body: Array("waited for \(DurationText.show(span))\n".utf8))
    }

    @Netpoller
    private func stream(_ exchange: HTTPExchange, _ word: String) async throws(NetworkError) {
        guard Self.isRead(exchange) else { return try await refuseMethod(exchange) }
        guard let count = UInt32(word), word.utf8.first != UInt8(ascii: "+") else {
            return try await exchange.refuse(400, reason: "'\(word)' is no number of chunks")
        }
        try await exchange.begin(200, Self.plain, length: nil)
        guard exchange.request.method != .head else { return }
        for index in 0..<count {
            if index > 0, await !Netpoller.sleep(for: .milliseconds(100)) {
                throw exchange.names.failure(.write, .cancelled)
            }
            try await exchange.write(Array("chunk \(index + 1) of \(count)\n".utf8))
        }
        try await exchange.finish()
    }
}

extension String {
    /// A field's name as Go's net/http keeps it: `X-Forwarded-For`.
    fileprivate var canonical: String {
        var isFirst = true
        var name = ""
        for scalar in unicodeScalars {
            name += isFirst ? String(scalar).uppercased() : String(scalar).lowercased()
            isFirst = scalar == "-"
        }
        return name
    }
}
