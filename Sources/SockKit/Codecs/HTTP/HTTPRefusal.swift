/// Why a message is not taken: what is wrong, where, and what a server answers.
///
/// After a refusal nothing that follows on the connection can be trusted to be a message: it is answered and closed.
public struct HTTPRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    /// Whose message it is.
    public enum Message: Sendable, Hashable {
        case request, response
        /// One that this program was about to send.
        case own
    }

    /// Where in the message.
    public enum Place: Sendable, Hashable {
        case startLine
        /// The field line of this number, counted from 1.
        case field(Int)
        /// The head as a whole.
        case head
        /// The content.
        case content
        /// The chunk of this number, counted from 1; the last, empty one included.
        case chunk(Int)
        /// The trailer line of this number, counted from 1.
        case trailer(Int)
    }

    public let message: Message
    public let place: Place
    public let fault: Fault

    init(_ message: Message, _ place: Place, _ fault: Fault) {
        self.message = message
        self.place = place
        self.fault = fault
    }

    /// The status that a server answers with; for an answer from elsewhere, what a gateway would say of it.
    public var status: HTTPStatus {
        switch message {
        case .request: fault.status(at: place)
        case .response: 502
        case .own: 500
        }
    }

    /// The grammar was kept as far as the message went, but the connection ended inside it.
    public var isTruncation: Bool { fault == .truncated }

    /// A limit of ours was broken, not the grammar.
    public var isLimit: Bool { fault.isLimit }

    /// One line: `field line 3: a space stands before the colon`.
    public var description: String { "\(placeText): \(fault.text)" }

    private var placeText: String {
        switch place {
        case .startLine: message == .response ? "status line" : "request line"
        case .field(let number): "field line \(number)"
        case .head: "head"
        case .content: "content"
        case .chunk(let number): "chunk \(number)"
        case .trailer(let number): "trailer line \(number)"
        }
    }
}
