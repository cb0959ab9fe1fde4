import SockKit

/// How the program ends, in the numbers of sysexits(3).
enum ExitStatus: Sendable, Hashable {
    case success
    /// What was asked about is not so.
    case notSo
    case usage
    case data
    case noInput
    case noHost
    case unavailable
    case system
    case cannotCreate
    case inputOutput
    case timedOut
    case notPermitted
    /// Ended by a signal, after a clean close.
    case signal(Int32)
    /// A program that was run ended so, or could not be: 126 and 127, as shells have it.
    case program(Int32)

    /// The number that the shell sees.
    var code: Int32 {
        switch self {
        case .success: 0
        case .notSo: 1
        case .usage: 64
        case .data: 65
        case .noInput: 66
        case .noHost: 68
        case .unavailable: 69
        case .system: 71
        case .cannotCreate: 73
        case .inputOutput: 74
        case .timedOut: 75
        case .notPermitted: 77
        case .signal(let number): 128 + number
        case .program(let status): status
        }
    }
}

extension ExitStatus {
    /// The status of a command that ends with this error.
    init(of error: NetworkError) {
        self =
            switch error.cause {
            case .timeout, .idle, .noAnswer: .timedOut
            case .noSuchHost, .lookupFailed, .noSuitableAddress: .noHost
            case .unknownService, .invalid: .usage
            case .noProtocol: .unavailable
            case .limit, .frame: .data
            case .message(let error): error.kind == .truncated ? .inputOutput : .data
            case .closed, .cancelled, .peerEnded: .inputOutput
            case .proxy(let refusal):
                refusal.kind == .rules || refusal.kind == .authentication ? .notPermitted : .unavailable
            case .tls(let failure): Self.status(of: failure)
            case .system where error.isOfFile: error.operation == .read ? .noInput : .cannotCreate
            // A value that the kernel does not take came from the command line.
            case .option(let number, _, _): Self.everywhere[number] ?? .usage
            // Whatever the number, it is something that the kernel does not have or does not give.
            case .system(_, let call) where call == "io_uring_setup": .system
            case .system(let number, let call):
                Self.everywhere[number] ?? Self.status(of: number, call, error)
            }
    }

    private static func status(of failure: TLSFailure) -> ExitStatus {
        switch failure.kind {
        case .untrusted: .notPermitted
        case .refused, .unavailable: .unavailable
        case .cutOff: .inputOutput
        case .configuration: .data
        case .invalid: .usage
        case .unreadable: .noInput
        case .unwritable: .cannotCreate
        }
    }

    /// What an error number means whatever was tried.
    private static let everywhere: [Errno: ExitStatus] = [
        .timedOut: .timedOut, .permissionDenied: .notPermitted, .notPermitted: .notPermitted,
        .tooManyOpenFiles: .system, .tooManyOpenFilesInSystem: .system, .noMemory: .system, .noBufferSpace: .system,
        .addressInUse: .cannotCreate, .addressNotAvailable: .cannotCreate, .fileExists: .cannotCreate,
        .messageTooLong: .data,
    ]

    private static func status(of number: Errno, _ call: String, _ error: NetworkError) -> ExitStatus {
        if call.hasPrefix("pthread") { return .system }
        if error.stream == .standardInput { return number == .noSpace ? .system : .noInput }
        switch error.operation {
        // Who resets had accepted: there was a connection.
        case .dial: return number == .connectionReset && error.network != .vsock ? .inputOutput : .unavailable
        // The address was there to be had, so what is wrong is the place: a directory that is missing, for one.
        case .listen: return .cannotCreate
        case .accept, .wait: return .system
        case .set: return .usage
        // A datagram that is turned away is a dial that is: there was no connection to break.
        case .read, .write: return error.network?.kind == .datagram ? .unavailable : .inputOutput
        case .close: return .inputOutput
        }
    }
}

extension NetworkError {
    /// A file of ours could not be read or written.
    fileprivate var isOfFile: Bool {
        if case .file = stream { true } else { false }
    }
}
