/// A network operation that failed: what was tried, between which ends, and why.
///
/// `description` has Go's grammar: operation, network, ends, call, cause, as in
/// `write tcp 127.0.0.1:40112->127.0.0.1:9: write: broken pipe`.
public struct NetworkError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was tried.
    public enum Operation: String, Sendable {
        case dial, listen, accept, read, write, close, set, wait
    }

    /// A stream that has no network: what the process was given, or a file.
    public enum GivenStream: Sendable, Hashable {
        case standardInput, standardOutput
        case file(String)
        /// A program that was started from here.
        case program(String)

        var name: String {
            switch self {
            case .standardInput: "standard input"
            case .standardOutput: "standard output"
            case .file(let path): path
            case .program(let name): "program \(name)"
            }
        }
    }

    /// Why it failed.
    public enum Cause: Sendable, Hashable {
        /// The kernel said so, at this call.
        case system(Errno, call: String)
        /// The kernel does not take this socket option, or not with this interface.
        case option(Errno, name: String, interface: String? = nil)
        /// The kernel does not have what was asked for: the sentence says what.
        case noProtocol(Errno, String)
        /// A deadline of ours passed.
        case timeout
        /// Nothing moved for too long: the sentence says how long.
        case idle(String)
        /// What was waited for did not come in time: the sentence says what.
        case noAnswer(String)
        /// The peer ended before it was done: the sentence says with what.
        case peerEnded(String)
        /// Somebody closed the descriptor.
        case closed
        /// The task was cancelled.
        case cancelled
        case noSuchHost(String)
        /// The resolver could not answer now.
        case lookupFailed(String, reason: String)
        /// The name or address has no address of the family that the network asks for.
        case noSuitableAddress(String)
        case unknownService(String)
        /// A limit of ours would be broken: the sentence says which.
        case limit(String)
        /// What was asked for makes no sense: the sentence says why.
        case invalid(String)
        /// The bytes break the framing.
        case frame(FramingError)
        /// A message of a protocol breaks its grammar or a limit, or is cut off.
        case message(MessageError)
        /// A proxy said no.
        case proxy(ProxyRefusal)
        /// TLS did not come about, or was broken off.
        case tls(TLSFailure)
    }

    // An error travels through many frames and is rare: one reference is all that they pass on.
    private final class Storage: Sendable {
        let operation: Operation
        let network: Network?
        let stream: GivenStream?
        let local: Endpoint?
        let remote: Endpoint?
        let cause: Cause
        let bytesTransferred: Int
        let namesLocal: Bool
        let route: String?
        let target: String?

        init(
            _ operation: Operation, _ network: Network?, _ stream: GivenStream?, _ local: Endpoint?,
            _ remote: Endpoint?,
            _ cause: Cause, _ bytesTransferred: Int, _ namesLocal: Bool, _ route: String? = nil,
            _ target: String? = nil
        ) {
            self.operation = operation
            self.network = network
            self.stream = stream
            self.local = local
            self.remote = remote
            self.cause = cause
            self.bytesTransferred = bytesTransferred
            self.namesLocal = namesLocal
            self.route = route
            self.target = target
        }
    }

    private let storage: Storage

    /// An error of `operation`; `namesLocal` says whether the text names the local end, as a dial's does only where the
    /// caller chose it.
    public init(
        _ operation: Operation, network: Network?, local: Endpoint? = nil, remote: Endpoint? = nil,
        cause: Cause, bytesTransferred: Int = 0, namesLocal: Bool = true
    ) {
        storage = Storage(operation, network, nil, local, remote, cause, bytesTransferred, namesLocal)
    }

    /// An error of a stream that has no network.
    public init(_ operation: Operation, _ stream: GivenStream, cause: Cause, bytesTransferred: Int = 0) {
        storage = Storage(operation, nil, stream, nil, nil, cause, bytesTransferred, false)
    }

    private init(_ storage: Storage) {
        self.storage = storage
    }

    public var operation: Operation { storage.operation }
    public var network: Network? { storage.network }
    /// The stream, where it has no network.
    public var stream: GivenStream? { storage.stream }
    public var local: Endpoint? { storage.local }
    public var remote: Endpoint? { storage.remote }
    public var cause: Cause { storage.cause }
    /// What stands between here and whom was asked for, where it is that which failed: `proxy http://10.0.0.1:3128`.
    public var route: String? { storage.route }
    /// Whom `route` was asked for, or was to be, where it was reached itself; nil where it was not.
    public var target: String? { storage.target }

    /// How many bytes the kernel had taken, or given, before a transfer failed.
    public var bytesTransferred: Int { storage.bytesTransferred }

    public var isTimeout: Bool {
        switch cause {
        case .timeout, .idle, .noAnswer: true
        case .system(let number, _): number == .timedOut
        default: false
        }
    }

    public var isClosed: Bool { cause == .closed }

    /// The kernel's error number, where the kernel spoke.
    public var errno: Errno? {
        switch cause {
        case .system(let number, _), .option(let number, _, _), .noProtocol(let number, _): number
        default: nil
        }
    }

    /// The system call that failed, without its number, where one did.
    public var call: String? {
        switch cause {
        // The standard streams are known by what they are, and not by the call that their kind of file takes.
        case .system where stream == .standardInput || stream == .standardOutput: "\(operation.rawValue) \(streamName)"
        case .system(_, let call): call
        case .option(_, let name, _): "setsockopt \(name)"
        case .noProtocol: "socket"
        default: nil
        }
    }

    /// Stable and for machines: the kernel's name (`ECONNREFUSED`) where it spoke, a word of ours where we did.
    public var code: String {
        switch cause {
        case .system(let number, _), .option(let number, _, _), .noProtocol(let number, _): number.name
        case .timeout, .idle, .noAnswer: "timeout"
        case .proxy(let refusal): refusal.code
        case .tls(let failure): failure.code
        case .closed, .peerEnded: "closed"
        case .cancelled: "cancelled"
        case .noSuchHost, .lookupFailed: "no-such-host"
        case .noSuitableAddress: "no-suitable-address"
        case .unknownService, .invalid: "usage"
        case .limit: "limit"
        case .frame(let error): error.code
        case .message(let error): error.code
        }
    }

    public var description: String {
        if stream != nil {
            // They have no ends to name, and a call that is the operation is not worth telling.
            let isPlain = if case .system(_, let call) = cause { call == operation.rawValue } else { false }
            return "\(operation.rawValue) \(streamName): \(isPlain ? errno?.description ?? causeText : causeText)"
        }
        if let route, let target {
            return "\(operation.rawValue)\(network.map { " \($0)" } ?? "") \(target): \(route): \(causeText)"
        }
        var text = (route.map { "\($0): " } ?? "") + operation.rawValue
        if let network { text += " \(network)" }
        if let ends = endsText { text += " \(ends)" }
        return "\(text): \(causeText)"
    }

    private var streamName: String { stream?.name ?? "" }

    private var endsText: String? {
        let near = storage.namesLocal ? local.map(\.description) : nil
        switch (near, remote.map(\.description)) {
        case (let near?, let far?): return "\(near)->\(far)"
        case (let one?, nil), (nil, let one?): return one
        case (nil, nil): return nil
        }
    }

    private var causeText: String {
        switch cause {
        // The kernel knows of a reset only where there was a connection; else it is a refusal.
        case .system(.connectionReset, let call) where operation == .dial && network != .vsock:
            "\(call): \(Errno.connectionReset) after the connection was made"
        case .system(let number, let call): "\(call): \(number)"
        case .option(let number, _, let interface):
            "\(call ?? "")\(interface.map { " \($0)" } ?? ""): \(number)"
        case .noProtocol(let number, let text): "socket: \(number) (\(text))"
        case .timeout: "i/o timeout"
        case .closed: "use of closed network connection"
        case .cancelled: "operation was canceled"
        case .noSuchHost(let name): "lookup \(name): no such host"
        case .lookupFailed(let name, let reason): "lookup \(name): \(reason)"
        case .noSuitableAddress(let address): "address \(address): no suitable address"
        case .unknownService(let name): "unknown port \(name)"
        case .limit(let text), .invalid(let text), .idle(let text), .noAnswer(let text), .peerEnded(let text):
            text
        case .frame(let error): error.description
        case .message(let error): error.description
        case .proxy(let refusal): refusal.text
        case .tls(let failure): failure.description
        }
    }

    /// The same error after `count` bytes had gone.
    package func after(_ count: Int) -> NetworkError {
        if let stream { return NetworkError(operation, stream, cause: cause, bytesTransferred: count) }
        return NetworkError(
            Storage(operation, network, nil, local, remote, cause, count, storage.namesLocal, route, target))
    }

    /// The same error of what stands between here and whom was asked for: of the way to it or, with a `target`, of what it
    /// was asked.
    package func on(_ route: String, to target: String? = nil) -> NetworkError {
        NetworkError(
            Storage(
                operation, network, stream, local, remote, cause, bytesTransferred, storage.namesLocal, route, target))
    }

    public static func == (left: NetworkError, right: NetworkError) -> Bool {
        left.operation == right.operation && left.network == right.network && left.stream == right.stream
            && left.local == right.local
            && left.remote == right.remote && left.cause == right.cause
            && left.bytesTransferred == right.bytesTransferred && left.route == right.route
            && left.target == right.target
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(operation)
        hasher.combine(remote)
        hasher.combine(cause)
    }
}

extension NetworkError.Cause {
    /// What a failed attempt means once it is known which call it was.
    package init(_ failure: DescriptorFailure, call: String) {
        self =
            switch failure {
            case .system(let number): .system(number, call: call)
            case .deadlineExceeded: .timeout
            case .closed: .closed
            case .cancelled: .cancelled
            }
    }
}
