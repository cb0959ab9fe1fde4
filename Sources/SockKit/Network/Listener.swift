/// A listening socket: peers come out of its queue one by one.
@Netpoller
public final class Listener {
    public let network: Network
    /// Where it listens; the port is the one the kernel chose where 0 was asked for.
    public let endpoint: Endpoint
    /// What was asked for; of a socket that was given, what the kernel granted, and -1 where it does not tell.
    public let backlog: Int32
    package let descriptor: PolledDescriptor
    private let path: OwnedPath?
    /// The peers' sockets have this from the listening one.
    private let lingers: Bool
    /// Others have the socket as well.
    private let isShared: Bool
    /// How many peers in a row were at the door already when they were asked for.
    private var inARow = 0
    /// Where accepts wait out a shortage.
    private var pauses: [Parking] = []

    /// Whether `accept` fails at once for want of descriptors or memory: where nobody else uses them, nobody will give any
    /// back.
    package var failsWhenShort = false

    /// Told when accept(2) failed for want of something and will be tried again after a pause.
    public var onRetry: (@Netpoller (NetworkError, _ attempt: Int, _ pause: Duration) -> Void)?

    init(
        _ descriptor: PolledDescriptor, _ network: Network, _ endpoint: Endpoint, backlog: Int32, path: OwnedPath?,
        lingers: Bool = false, isShared: Bool = false
    ) {
        self.descriptor = descriptor
        self.network = network
        self.endpoint = endpoint
        self.backlog = backlog
        self.path = path
        self.lingers = lingers && network.isTCP
        self.isShared = isShared
    }

    isolated deinit {
        close()
    }

    /// The moment after which `accept` fails, until another is set.
    public var deadline: Deadline? {
        get { descriptor[deadline: .read] }
        set {
            descriptor[deadline: .read] = newValue
            for pause in pauses { pause.wake() }
        }
    }

    /// Waits for the next peer.
    ///
    /// Want of descriptors or memory, or a peer that gave up in the queue, does not end the listener: it pauses, 5 ms
    /// doubling to 1 s, and tries again.
    public func accept() async throws(NetworkError) -> Connection {
        var backoff = Backoff(first: .milliseconds(5), most: .seconds(1))
        while true {
            if isFlooded { try await letOthersGoOn() }
            do throws(DescriptorFailure) {
                if let peer = try takeNow() {
                    inARow += 1
                    return peer
                }
                inARow = 0
                let accepted = try await descriptor.perform(.read) { number throws(Errno) in
                    try attempt(number)
                }
                return try adopt(accepted)
            } catch {
                guard case .system(let number) = error, Self.passing.contains(number),
                    !failsWhenShort || number == .connectionAborted
                else { throw failure(error) }
                let pause = backoff.next()
                onRetry?(failure(error), backoff.count, pause)
                guard await wait(out: pause) else { throw failure(.cancelled) }
            }
        }
    }

    /// A flood fills the queue as fast as it is emptied, and no accept waits. One who happens to be early is no flood, and
    /// pays for no turn of the loop.
    private var isFlooded: Bool { inARow >= Self.early || inARow > 0 && Self.some.contains(Netpoller.lastCount) }

    /// Between two newcomers of a flood those who are served have their turn, and where some of them have something to say a
    /// few more. Four newcomers in a row left them half of what one does, sixteen a fifth, and no more came.
    private func letOthersGoOn() async throws(NetworkError) {
        for _ in 0..<Self.turns {
            guard await Netpoller.turn() else { throw failure(.cancelled) }
            guard Self.some.contains(Netpoller.lastCount) else { return }
        }
    }

    /// So many in a row are a flood, whatever the others do.
    private static let early = 4
    private static let turns = 4
    /// Fewer are mostly the newcomers themselves, and a turn of more takes long enough.
    private static let some = 4..<64

    /// One that is there already.
    private func takeNow() throws(DescriptorFailure) -> Connection? {
        let accepted = try descriptor.performNow(.read) { number throws(Errno) in try attempt(number) }
        guard let accepted else { return nil }
        return try adopt(accepted)
    }

    /// One that does not wait: O_NONBLOCK is the open file's, and another that has it may have taken it back.
    private func attempt(_ number: Int32) throws(Errno) -> Attempt<AcceptedSocket> {
        if isShared, try !FileCalls.isNonBlocking(number) { try FileCalls.setNonBlocking(true, number) }
        return try SocketCalls.accept(number)
    }

    /// Closes the socket, which wakes `accept` with `closed`, and removes its file if it still is this listener's.
    ///
    /// Peers that wait in the queue are reset by the kernel.
    public func close() {
        guard !descriptor.isClosed else { return }
        path?.remove()
        descriptor.close()
        for pause in pauses { pause.wake() }
    }

    /// Waits until the pause, or the time for accepting, is over, or the listener closes; false if the task was cancelled.
    private func wait(out pause: Duration) async -> Bool {
        let place = Parking()
        pauses.append(place)
        defer { pauses.removeAll { $0 === place } }
        let end = Deadline.now + pause
        return await place.wait(until: min(end, deadline ?? end)) != .cancelled
    }

    private func adopt(_ accepted: AcceptedSocket) throws(DescriptorFailure) -> Connection {
        let owner = FileDescriptor(adopting: accepted.number)
        do throws(Errno) {
            let descriptor = try PolledDescriptor(adopting: owner)
            descriptor.lingers = lingers
            return Connection(descriptor, network, remote: accepted.remote)
        } catch {
            throw .system(error)
        }
    }

    private func failure(_ failure: DescriptorFailure) -> NetworkError {
        NetworkError(
            .accept, network: network, local: endpoint, cause: NetworkError.Cause(failure, call: "accept"))
    }

    /// accept(2): errors that pass, or belong to one peer only. ENOSPC is epoll_ctl(2)'s: of all that this user's processes
    /// watch there is a most.
    private static let passing: Set<Errno> = [
        .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noBufferSpace, .noMemory, .connectionAborted, .noSpace,
    ]
}
