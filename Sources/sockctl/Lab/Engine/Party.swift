import SockKit

/// One side of an experiment: it makes calls, and its lane of the timeline shows each with its result.
@Netpoller
final class Party {
    let lane: Timeline.Lane
    /// Which of several on the same side it is.
    let label: String?
    unowned let stage: Stage
    /// Whether its calls stand in the timeline: not where hundreds are made.
    private(set) var isQuiet = false

    init(_ lane: Timeline.Lane, _ label: String?, on stage: Stage) {
        self.lane = lane
        self.label = label
        self.stage = stage
    }

    /// The same side, whose calls are too many for a timeline.
    var quiet: Party {
        let party = Party(lane, label, on: stage)
        party.isQuiet = true
        return party
    }

    /// Something that this side notes.
    func note(_ text: String) { stage.note(lane, .fact, labelled(text)) }

    // MARK: - Calls

    /// Makes a call that may fail, and shows it.
    func call<Value: Sendable>(
        _ text: String, _ body: @Netpoller () async throws(NetworkError) -> Value,
        result: (Value) -> String = { _ in "ok" }
    ) async throws(Interruption) -> Value {
        let place = isQuiet ? nil : stage.begin(lane, labelled(text))
        do throws(NetworkError) {
            let value = try await body()
            if let place { stage.finish(place, result(value)) }
            return value
        } catch {
            if let place { stage.finish(place, Self.text(of: error), failed: true) }
            throw .failure(error)
        }
    }

    /// Makes a system call, and shows it with the error number as the result.
    @discardableResult
    func system<Value>(
        _ text: String, result: (Value) -> String = { _ in "ok" }, _ body: () throws(Errno) -> Value
    ) -> Result<Value, Errno> {
        let place = isQuiet ? nil : stage.begin(lane, labelled(text))
        do throws(Errno) {
            let value = try body()
            if let place { stage.finish(place, result(value)) }
            return .success(value)
        } catch {
            if let place { stage.finish(place, error.name, failed: true) }
            return .failure(error)
        }
    }

    func labelled(_ text: String) -> String { label.map { "\($0): \(text)" } ?? text }

    /// An error without its ends, which the timeline shows already: `connection refused (ECONNREFUSED)`.
    nonisolated static func text(of error: NetworkError) -> String {
        switch error.cause {
        case .system(let number, _): "\(number) (\(number.name))"
        default: String(error.description.split(separator: ": ", maxSplits: 1).last ?? "")
        }
    }

    /// An address as the timeline has it: of 127.0.0.1, where nearly everything takes place, the port is enough.
    nonisolated static func brief(_ endpoint: Endpoint) -> String { brief("\(endpoint)") }

    nonisolated static func brief(_ address: String) -> String {
        address.hasPrefix("127.0.0.1:") ? "port \(address.dropFirst(10))" : address
    }

    // MARK: - Sockets

    func listen(
        _ network: Network = .tcp, _ address: String = "127.0.0.1:0", backlog: Int32? = nil,
        options: SocketOptions = SocketOptions()
    ) async throws(Interruption) -> LabListener {
        var configuration = ListenConfiguration(options: options)
        if let backlog { configuration.backlog = backlog }
        let settings = configuration
        let place = "listen \(network == .tcp ? "" : "\(network) ")\(address == "127.0.0.1:0" ? "127.0.0.1" : address)"
        let text = place + (backlog.map { ", backlog \($0)" } ?? "")
        let listener = try await call(
            text, { () async throws(NetworkError) in try await settings.listen(network, address) },
            result: { Self.brief($0.endpoint) })
        stage.atEnd { listener.close() }
        return LabListener(listener, of: self)
    }

    func dial(
        _ listener: LabListener, _ dialer: Dialer = Dialer()
    ) async throws(Interruption) -> LabConnection {
        try await dial(listener.network, "\(listener.endpoint)", dialer)
    }

    func dial(
        _ network: Network = .tcp, _ address: String, _ dialer: Dialer = Dialer()
    ) async throws(Interruption) -> LabConnection {
        let limit = dialer.timeout.map { ", timeout \(Quantity.duration($0))" } ?? ""
        let kind = network == .tcp ? "" : "\(network) "
        let connection = try await call(
            "dial \(kind)\(Self.brief(address))\(limit)",
            { () async throws(NetworkError) in try await dialer.dial(network, address) },
            result: { network.isUnix ? "connected" : "connected, my end is \(Self.brief($0.localEndpoint))" })
        return adopt(connection)
    }

    /// A socket for datagrams, bound to an address.
    func bind(
        _ network: Network = .udp, _ address: String = "127.0.0.1:0",
        _ configuration: ListenConfiguration = ListenConfiguration()
    ) async throws(Interruption) -> LabSocket {
        let socket = try await call(
            "bind \(network) \(address)",
            { () async throws(NetworkError) in try await configuration.listenDatagram(network, address) },
            result: { Self.brief($0.localEndpoint) })
        stage.atEnd { socket.close() }
        return LabSocket(socket, of: self)
    }

    func adopt(_ connection: Connection) -> LabConnection {
        stage.atEnd { connection.close() }
        return LabConnection(connection, of: self)
    }
}
