/// A dial that has begun, made with the bare system calls on any thread.
///
/// `Dialer` also sets options, races addresses and retries, which would hide what the probe is to show.
struct BacklogSocket: Sendable {
    /// What a non-blocking connect(2) came to.
    enum State: Sendable {
        case connected
        case pending
        case failed(Errno)
    }

    /// The open descriptor. Whoever takes it must adopt it at once, even if the dial failed.
    let number: Int32
    let state: State
    let start: Deadline
    let end: Deadline

    static func dial(_ remote: Endpoint, _ network: Network) throws(Errno) -> BacklogSocket {
        let family = remote.socketFamily
        let socket = try SocketCalls.socket(family, network.kind)
        let start = Deadline.now
        let state: State
        do throws(Errno) {
            try SocketCalls.connect(socket.rawValue, to: remote, family: family)
            state = .connected
        } catch {
            switch error {
            // On loopback the handshake is over when connect(2) returns, even if it returns EINPROGRESS.
            case .inProgress, .interrupted: state = decide(socket.rawValue)
            default: state = .failed(error)
            }
        }
        return BacklogSocket(number: socket.release(), state: state, start: start, end: .now)
    }

    /// Looks whether a connect that has begun is over: the socket has a peer then, or an error.
    static func decide(_ number: Int32) -> State {
        do throws(Errno) {
            _ = try SocketCalls.remoteEndpoint(of: number)
            return .connected
        } catch {
            do throws(Errno) {
                guard let failure = try SocketCalls.takeError(of: number) else { return .pending }
                return .failed(failure)
            } catch {
                return .failed(error)
            }
        }
    }
}

/// An open socket, closed when the last reference goes.
final class HeldSocket: Sendable {
    private let descriptor: FileDescriptor

    init(_ descriptor: consuming FileDescriptor) {
        self.descriptor = descriptor
    }

    var number: Int32 { descriptor.rawValue }
}
