/// The beginning of a dial that a probe makes with the bare calls, from any thread.
///
/// What `Dialer` does besides (options, racing, retrying) would be in the way of what is to be seen, and cost time.
struct BacklogSocket: Sendable {
    /// How far a connect(2) that does not wait came.
    enum State: Sendable {
        case connected
        case pending
        case failed(Errno)
    }

    /// A descriptor that its taker must adopt at once; the socket of a dial that failed too.
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
            // On loopback the handshake was over before connect(2) returned, although it says that it goes on.
            case .inProgress, .interrupted: state = decide(socket.rawValue)
            default: state = .failed(error)
            }
        }
        return BacklogSocket(number: socket.release(), state: state, start: start, end: .now)
    }

    /// Whether a connect that has begun is over: it has a peer then, or an error.
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

/// An open socket that is kept for as long as this is.
final class HeldSocket: Sendable {
    private let descriptor: FileDescriptor

    init(_ descriptor: consuming FileDescriptor) {
        self.descriptor = descriptor
    }

    var number: Int32 { descriptor.rawValue }
}
