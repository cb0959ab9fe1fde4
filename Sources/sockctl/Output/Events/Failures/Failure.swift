import SockKit

/// An error as it is reported: with a code for programs, a line for people, and perhaps a hint.
struct Failure: Sendable, Hashable {
    var code: String
    /// One line without a full stop.
    var message: String
    var hint: String?
    var operation: String?
    /// The system call that failed.
    var call: String?
    var network: Network?
    var local: Endpoint?
    var remote: Endpoint?
    /// How many bytes had gone, or come, before a transfer failed.
    var bytes: Int?
    var connection: Int?
    /// How long an operation that timed out had waited.
    var waited: Duration?
    /// What a read that failed left in the kernel's queue.
    var unread: Int?
    /// What was written and not acknowledged by the peer's kernel when a write failed.
    var unacknowledged: Int?
    /// It is of the way to whom was asked for, which did not get as far as him: of a proxy that is not reached.
    var isOfWay = false
    /// It is gone on after all: for which time, of how many.
    var goesOn: GoingOn?

    struct GoingOn: Sendable, Hashable {
        var number: Int
        var of: Int
    }

    init(code: String, message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    /// An operation on the network that failed, on the connection with this number. What was dialled is started with that
    /// command.
    init(_ error: NetworkError, connection: Int? = nil, startedWith command: String = "listen") {
        self.init(code: error.code, message: error.description, hint: error.advice(startingWith: command))
        operation = error.operation.rawValue
        call = error.call
        (network, local, remote) = (error.network, error.local, error.remote)
        isOfWay = error.route != nil && error.target == nil
        let isTransfer = error.operation == .write && (error.network != nil || error.stream == .standardOutput)
        bytes = isTransfer || error.bytesTransferred > 0 ? error.bytesTransferred : nil
        self.connection = connection
    }

    /// A command line that is wrong.
    init(_ error: UsageError) {
        self.init(code: "usage", message: error.message, hint: error.hint)
    }

    /// A call on a file that failed: `open /tmp/x: permission denied`.
    init(_ errno: Errno, _ call: String, _ path: String, hint: String? = nil) {
        self.init(
            code: errno.name, message: "\(call) \(path): \(errno)",
            hint: hint ?? (errno == .tooManyLinks ? NetworkError.linkHint : nil))
        operation = call
        self.call = call
    }

    /// A file that was to be written could not be opened.
    init(_ errno: Errno, openingOutput path: Word) {
        self.init(errno, "open", path.text)
        if errno == .noSuchDevice { hint = "nobody reads this pipe: start who is to read it first" }
    }
}

extension Failure: JSONRepresentable {
    /// The error as the field `error` has it; the event's other fields say the rest.
    var json: JSONValue {
        let members = [
            ("code", code), ("operation", operation), ("call", call), ("message", message), ("hint", hint),
        ]
        return .object(members.compactMap { name, text in text.map { JSONValue.Member(name, .string($0)) } })
    }
}
