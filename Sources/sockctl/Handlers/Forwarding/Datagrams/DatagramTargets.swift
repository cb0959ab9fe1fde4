import SockKit

/// Opens sockets to a forwarder's targets, one for each sender, and knows which targets refuse.
///
/// Connecting a datagram socket says nothing to anybody: that a target is not there is learnt from the refusal of what was
/// sent to it, and that it is there from an answer.
@Netpoller
final class DatagramTargets {
    let failures: RepeatedFailures
    private let list: TargetList
    private let configuration: DatagramConfiguration
    private let timeout: Duration?
    private let listening: Endpoint
    private let reporter: Reporter
    /// Where targets were found to be lately.
    private var places: [ObjectIdentifier: (endpoint: Endpoint, until: Deadline)] = [:]

    /// A client may take a port of its own for every question: names are not looked up for each.
    nonisolated private static let memory = Duration.seconds(5)

    /// `listening` is where the forwarder itself can be reached, and `timeout` what a lookup may take.
    init(
        _ list: TargetList, _ configuration: DatagramConfiguration, timeout: Duration?, listening: Endpoint,
        _ reporter: Reporter
    ) {
        self.list = list
        self.configuration = configuration
        self.timeout = timeout
        self.listening = listening
        self.reporter = reporter
        failures = RepeatedFailures(reporter)
    }

    /// Whether there are others than so many.
    func isMore(than count: Int) -> Bool { list.count > count }

    /// A socket that is connected to a target, of those that have not refused already the one that has its turn.
    func open(without refused: [ForwardTarget]) async throws(NetworkError) -> (DatagramSocket, ForwardTarget) {
        var firstError: NetworkError?
        for target in list.order() where !refused.contains(where: { $0 === target }) {
            do throws(NetworkError) {
                return (try await open(target), target)
            } catch {
                // What is wanting here is wanting for every target.
                if error.cause == .cancelled || error.meansShortage { throw error }
                if firstError == nil { firstError = error }
                if list.count > 1 { passOver(target, error) }
            }
        }
        throw firstError ?? NetworkError(.dial, network: nil, cause: .cancelled)
    }

    /// A target refused what was sent to it. Who cannot do without it is told of the failure.
    func wasRefused(by target: ForwardTarget, _ error: NetworkError) {
        places[ObjectIdentifier(target)] = nil
        if list.count > 1 { passOver(target, error) } else { failures.tell(error) }
    }

    /// A target answered.
    func wasHeard(_ target: ForwardTarget) {
        if target.wasReached() { reporter.report(TargetUpEvent(target: target.name)) }
    }

    /// Many senders may be refused by one target at one moment: it counts once.
    private func passOver(_ target: ForwardTarget, _ error: NetworkError) {
        guard target.isUp else { return }
        reporter.report(TargetDownEvent(target: target.name, pause: target.rest(), failure: Failure(error)))
    }

    private func open(_ target: ForwardTarget) async throws(NetworkError) -> DatagramSocket {
        var configuration = configuration
        // Whom a Unix socket without a name sends something cannot answer it.
        if target.network.isUnix { configuration.source = .unix(.unnamed) }
        let remote = try await locate(target, configuration)
        let socket = try configuration.open(target.network, to: [remote], connected: true)
        if listening.isReached(at: remote, from: socket.localEndpoint.address) {
            socket.close()
            throw NetworkError(
                .dial, network: target.network, remote: remote,
                cause: .invalid("the target is what is listened on, and every datagram would come back"))
        }
        _ = socket.coalesceRuns()
        return socket
    }

    private func locate(
        _ target: ForwardTarget, _ configuration: DatagramConfiguration
    ) async throws(NetworkError) -> Endpoint {
        if let known = places[ObjectIdentifier(target)], !known.until.hasPassed { return known.endpoint }
        let end = timeout.map { Deadline.now + $0 }
        let found = try await configuration.resolve(target.network, target.destination, until: end)
        places[ObjectIdentifier(target)] = (found, .now + Self.memory)
        return found
    }
}

/// Reports failures that may come with every datagram: of each kind one in a while.
@Netpoller
final class RepeatedFailures {
    private let reporter: Reporter
    private var quietUntil: [String: Deadline] = [:]

    nonisolated private static let pause = Duration.seconds(10)

    init(_ reporter: Reporter) { self.reporter = reporter }

    /// `kind` is what it is told as once in a while; without it that is its code.
    func tell(_ error: NetworkError, hint: String? = nil, as kind: String? = nil) {
        guard isDue(kind ?? error.code) else { return }
        var failure = reporter.failure(error)
        if let hint { failure.hint = hint }
        reporter.report(FailedEvent(failure))
    }

    /// Whether a kind of failure has not been told for a while; then it is to be told now.
    func isDue(_ kind: String) -> Bool {
        guard quietUntil[kind]?.hasPassed ?? true else { return false }
        quietUntil[kind] = .now + Self.pause
        return true
    }
}

extension NetworkError {
    /// This machine has no more of what every socket needs.
    var meansShortage: Bool {
        let numbers: [Errno] = [
            .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory, .noBufferSpace, .noSpace, .wouldBlock,
            .addressInUse,
        ]
        return errno.map(numbers.contains) ?? false
    }

    /// It has no more of what comes back when a socket is closed: descriptors, ports, watches of the loop.
    var meansNoMoreSockets: Bool {
        let numbers: [Errno] = [.tooManyOpenFiles, .tooManyOpenFilesInSystem, .addressInUse, .noSpace]
        return errno.map(numbers.contains) ?? false
    }

    /// Nobody takes datagrams at the other end, or it cannot be reached.
    var meansNobody: Bool {
        let numbers: [Errno] = [
            .connectionRefused, .hostUnreachable, .networkUnreachable, .hostDown, .networkDown, .connectionReset,
            .notConnected, .brokenPipe,
        ]
        return errno.map(numbers.contains) ?? false
    }
}
