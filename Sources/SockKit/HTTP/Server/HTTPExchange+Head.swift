/// The head of an answer.
extension HTTPExchange {
    /// Makes the head, and settles how the content's end is known and whether the connection goes on.
    func putHead(_ status: HTTPStatus, _ fields: Fields, _ written: WrittenFields? = nil, length: Int?) {
        precondition(answer.status == nil, "a request has one answer")
        precondition(!status.isInterim, "an answer ends the request")
        answer.status = status
        if length != nil, leavesTooMuch { answer.isLast = true }
        // Whoever waits for leave to send might send, or not: what comes next on the connection cannot be told.
        if content.isAwaited || conversation.isFinishing { answer.isLast = true }
        settle(length, status)
        let start = output.bytes.count
        do throws(HTTPRefusal) {
            try writeHead(status, fields, written, length: length)
        } catch {
            // A field that would break out of its line.
            answer.status = 500
            answer.framing = .none
            try? writeHead(500, [:], nil, length: 0)
        }
        if observer != nil { showHead(from: start) }
    }

    private func settle(_ length: Int?, _ status: HTTPStatus) {
        if answer.isForHead || status.hasNoContent {
            answer.framing = .none
        } else if let length {
            answer.framing = length > 0 ? .length(length) : .none
        } else if answer.isForOldClient {
            answer.framing = .untilClose
            answer.isLast = true
        } else {
            answer.framing = .chunked
        }
    }

    private func writeHead(
        _ status: HTTPStatus, _ fields: Fields, _ written: WrittenFields?, length: Int?
    ) throws(HTTPRefusal) {
        let start = output.bytes.count
        do throws(HTTPRefusal) {
            try output.appendStatusLine(status)
            DateLine.shared.append(to: &output.bytes)
            if let written { output.bytes += written.lines } else { try output.append(fields) }
            if !commonFields.isEmpty { try output.append(commonFields) }
            if !status.hasNoContent {
                if let length {
                    try output.append("Content-Length", length)
                } else if !answer.isForOldClient {
                    try output.append("Transfer-Encoding", "chunked")
                }
            }
            if answer.isLast {
                try output.append("Connection", "close")
            } else if answer.isForOldClient {
                try output.append("Connection", "keep-alive")
            }
        } catch {
            output.bytes.removeLast(output.bytes.count - start)
            throw error
        }
        output.endHead()
    }

    /// `HTTP/1.1 100 Continue`, for the client that waits for it.
    func putContinue() {
        content.isAwaited = false
        let start = output.bytes.count
        try? output.appendStatusLine(100)
        output.endHead()
        if observer != nil { showHead(from: start) }
    }

    @inline(never)
    private func showHead(from start: Int) {
        let bytes = output.bytes
        observer?.didMakeHead(self, head: bytes.span.extracting(start..<bytes.count))
    }

    /// More of the request is still to come than is read for the sake of the connection.
    private var leavesTooMuch: Bool {
        guard !content.isAtEnd, case .length(let count) = parser.framing else { return false }
        return count - content.received > limits.drain
    }
}

/// `Date: Sun, 06 Nov 1994 08:49:37 GMT`, made once a second.
@Netpoller
final class DateLine {
    static let shared = DateLine()

    private var second = Int64.min
    private var line: [UInt8] = []

    func append(to bytes: inout [UInt8]) {
        let now = Timestamp.now.seconds
        if now != second { renew(now) }
        bytes += line
    }

    private func renew(_ now: Int64) {
        second = now
        line = Array("Date: \(HTTPDate(secondsSinceEpoch: Int(now)))\r\n".utf8)
    }
}
