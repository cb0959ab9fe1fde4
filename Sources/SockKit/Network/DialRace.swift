/// One dial's attempts: the addresses of one family one after the other, the two families against each other.
@Netpoller
final class DialRace {
    private let dialer: Dialer
    private let network: Network
    private let deadline: Deadline?
    private var attempts = 0
    private let fallbackMayStart = Parking()
    private var primaryHasFailed = false

    private typealias Outcome = Result<Connection, NetworkError>

    init(dialer: Dialer, network: Network, deadline: Deadline?) {
        self.dialer = dialer
        self.network = network
        self.deadline = deadline
    }

    /// The first connection that succeeds; if none does, the error of the first address.
    func run(_ endpoints: [Endpoint]) async throws(NetworkError) -> Connection {
        let first = endpoints[0].socketFamily
        let primaries = endpoints.filter { $0.socketFamily == first }
        let fallbacks = endpoints.filter { $0.socketFamily != first }
        guard !fallbacks.isEmpty, network.kind == .stream, dialer.fallbackDelay >= .zero else {
            return try await serial(endpoints)
        }
        return try await withTaskGroup(of: Outcome.self) { group in
            group.addTask { await self.runPrimaries(primaries) }
            group.addTask { await self.runFallbacks(fallbacks) }
            return await self.firstSuccess(of: &group)
        }.get()
    }

    private func firstSuccess(of group: inout TaskGroup<Outcome>) async -> Outcome {
        var failed: Outcome?
        while let outcome = await group.next() {
            guard case .success = outcome else {
                failed = outcome
                continue
            }
            group.cancelAll()
            while let late = await group.next() {
                if case .success(let connection) = late { connection.close() }
            }
            return outcome
        }
        return primaryError ?? failed ?? .failure(failure(nil, .timeout))
    }

    private var primaryError: Outcome?

    private func runPrimaries(_ endpoints: [Endpoint]) async -> Outcome {
        do throws(NetworkError) {
            return .success(try await serial(endpoints))
        } catch {
            primaryHasFailed = true
            primaryError = .failure(error)
            fallbackMayStart.wake()
            return .failure(error)
        }
    }

    private func runFallbacks(_ endpoints: [Endpoint]) async -> Outcome {
        if !primaryHasFailed, await fallbackMayStart.wait(until: .now + dialer.fallbackDelay) == .cancelled {
            return .failure(failure(nil, .cancelled))
        }
        do throws(NetworkError) { return .success(try await serial(endpoints)) } catch { return .failure(error) }
    }

    /// One address after the other, each with its share of the time that is left.
    private func serial(_ endpoints: [Endpoint]) async throws(NetworkError) -> Connection {
        var firstError: NetworkError?
        for (index, endpoint) in endpoints.enumerated() {
            if Task.isCancelled { throw firstError ?? failure(endpoint, .cancelled) }
            let share: Deadline?
            if let deadline {
                let now = Deadline.now
                guard now < deadline else { throw firstError ?? failure(endpoint, .timeout) }
                share = Self.partialDeadline(now: now, deadline: deadline, addressesLeft: endpoints.count - index)
            } else {
                share = nil
            }
            do throws(NetworkError) {
                return try await attempt(endpoint, until: share)
            } catch {
                if firstError == nil { firstError = error }
            }
        }
        throw firstError ?? failure(nil, .noSuitableAddress(""))
    }

    nonisolated static func partialDeadline(now: Deadline, deadline: Deadline, addressesLeft: Int) -> Deadline {
        now + Dialer.share(of: deadline - now, addressesLeft: addressesLeft)
    }

    private func attempt(_ endpoint: Endpoint, until deadline: Deadline?) async throws(NetworkError) -> Connection {
        attempts += 1
        let number = attempts
        let start = Deadline.now
        dialer.onEvent?(.connecting(endpoint, attempt: number))
        do throws(NetworkError) {
            let connection = try await DialAttempt(dialer: dialer, network: network, remote: endpoint)
                .run(until: deadline)
            dialer.onEvent?(.connected(connection, attempt: number, .now - start))
            return connection
        } catch {
            dialer.onEvent?(.attemptFailed(error, attempt: number))
            throw error
        }
    }

    private func failure(_ endpoint: Endpoint?, _ cause: NetworkError.Cause) -> NetworkError {
        NetworkError(
            .dial, network: network, local: dialer.source, remote: endpoint, cause: cause,
            namesLocal: dialer.source != nil)
    }
}

extension Dialer {
    /// How long one of several addresses is tried. Go's rule: what is left divided by the addresses left, but at least
    /// 2 s as long as there are 2 s.
    package static func share(of left: Duration, addressesLeft: Int) -> Duration {
        let share = left / addressesLeft
        let least = Duration.seconds(2)
        return share >= least ? share : min(left, least)
    }
}
