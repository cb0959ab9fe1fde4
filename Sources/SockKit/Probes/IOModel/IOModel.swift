/// The ways to wait for the bytes of sockets that the documents compare.
///
/// Each is an `IOModelEngine` in a file of its own; another one is another file, and its name here.
public enum IOModel: String, CaseIterable, Sendable {
    /// recv(2) itself waits, for one client after the other.
    case blocking
    /// recv(2) is called on every socket in turn, again and again.
    case spin
    /// One epoll_wait(2) waits for all sockets, and recv(2) takes what is there.
    case epoll
    /// io_uring_enter(2) hands over what is to be received and sent, and waits until some of it has been done.
    case uring

    /// Whether it serves any number of clients at once; otherwise each has to wait until the one before has left.
    public var servesMany: Bool { self != .blocking }

    /// Whether the kernel gives this process what the model needs.
    public var isAvailable: Bool { (try? makeEngine()) != nil }

    func makeEngine() throws(Errno) -> any IOModelEngine {
        switch self {
        case .blocking: BlockingModel()
        case .spin: SpinModel()
        case .epoll: try EpollModel()
        case .uring: try UringModel()
        }
    }

    /// The call that the engine begins with, for an error that says it cannot be had.
    var firstCall: String {
        switch self {
        case .blocking, .spin: "clone"
        case .epoll: "epoll_create1"
        case .uring: "io_uring_setup"
        }
    }
}

/// How the one thread of an `IOModelServer` waits for its clients.
protocol IOModelEngine: Sendable {
    /// Serves, on the model's thread, the clients that have arrived and those that arrive meanwhile. It returns when
    /// none is left.
    func serve(_ thread: IOModelThread)

    /// A client has arrived while the thread may be waiting. Called on the loop.
    func wake()
}

extension IOModelEngine {
    /// For those that look for new clients by themselves.
    func wake() {}
}
