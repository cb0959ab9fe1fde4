import SockKit

/// Tries to connect as often as it is worth it, and again after a loss; says so each time.
@Netpoller
final class Persistence {
    private let limit: RetryLimit
    private let reporter: Reporter
    private let output: ByteSink?
    private var backoff: Backoff
    private var dials = 0
    private var troubleSince: Deadline?
    private var random = SystemRandomNumberGenerator()

    /// `output` is looked after while nobody else does: with its reader gone there is nothing left to retry for.
    init(_ arguments: PersistenceArguments, output: ByteSink?, _ reporter: Reporter) {
        limit = arguments.retries ?? (arguments.reconnects ? .forever : .times(0))
        backoff = Backoff(first: arguments.retryDelay, most: arguments.retryMaximumDelay)
        self.output = output
        self.reporter = reporter
    }

    /// Dials until it succeeds. The error is that of the last dial, or of one that no retry can mend.
    func connect(
        _ dial: @Netpoller () async throws(NetworkError) -> Connection
    ) async throws(NetworkError) -> Connection {
        while true {
            do throws(NetworkError) {
                dials += 1
                return try await dial()
            } catch {
                guard error.mayPass, limit.allows(backoff.count + 1) else { throw error }
                try await wait(Failure(error))
            }
        }
    }

    /// Says that there is a connection, if there had been trouble, and begins to count anew.
    func noteConnected(_ ends: Ends) {
        if let troubleSince { reporter.report(ReconnectedEvent(ends: ends, dials: dials, time: .now - troubleSince)) }
        troubleSince = nil
        dials = 0
        backoff.reset()
    }

    /// Waits after a loss.
    func recover(from error: NetworkError, connection: Int) async throws(NetworkError) {
        try await wait(Failure(error, connection: connection))
    }

    private func wait(_ failure: Failure) async throws(NetworkError) {
        if troubleSince == nil { troubleSince = .now }
        // Even who asks for no wait does not dial without a pause.
        let pause = max(backoff.next(using: &random), .milliseconds(10))
        reporter.report(RetryingEvent(attempt: backoff.count, delay: pause, failure: failure))
        let sleep = Netpoller.spawn { await Netpoller.sleep(for: pause) }
        let watch = output.map { output in
            Netpoller.spawn { if (try? await output.waitUntilGone()) != nil { sleep.cancel() } }
        }
        let isOver = await withTaskCancellationHandler {
            await sleep.value
        } onCancel: {
            sleep.cancel()
        }
        watch?.cancel()
        await watch?.value
        if !isOver { throw NetworkError(.dial, network: nil, cause: .cancelled) }
    }
}

extension NetworkError {
    /// Whether time may mend what kept a dial from succeeding.
    fileprivate var mayPass: Bool {
        switch cause {
        case .timeout, .noSuchHost, .lookupFailed: true
        case .closed, .cancelled, .noSuitableAddress, .unknownService, .limit, .frame, .message, .invalid, .option,
            .noProtocol,
            .idle,
            .noAnswer, .peerEnded:
            false
        case .proxy(let refusal): refusal.mayPass
        case .tls(let failure): failure.mayPass
        case .system(let number, _): Self.passing.contains(number)
        }
    }

    /// Whether an established connection is no more.
    var isLoss: Bool {
        guard network != nil, operation == .read || operation == .write else { return false }
        return switch cause {
        case .system(let number, _): Self.passing.contains(number)
        case .timeout, .idle, .noAnswer, .peerEnded: true
        case .tls(let failure): failure.kind == .cutOff
        default: false
        }
    }

    /// Whether a connection whose opening was put off has not come about, for now.
    var isLostOpening: Bool { operation == .dial && mayPass }

    private static let passing: Set<Errno> = [
        .connectionRefused, .connectionReset, .connectionAborted, .brokenPipe, .timedOut, .hostDown, .hostUnreachable,
        .networkDown, .networkUnreachable, .noSuchFile, .wouldBlock, .addressInUse, .addressNotAvailable,
        .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory, .noBufferSpace,
    ]
}
