import SockKit

/// `listen -u --serve`: answers each datagram by itself, whoever sent it.
@Netpoller
final class DatagramServer {
    private let socket: DatagramSocket
    private let mode: ServeMode
    private let reporter: Reporter
    /// Each datagram may bring one: anybody can send some whose source cannot be answered.
    private let failures: RepeatedFailures
    private let count: Int?
    private var ring = 0
    /// Askers on Unix sockets whose queues stayed full: they are not waited for again until they have read.
    private var absent: Set<Endpoint> = []
    /// Whose datagrams are taken; nil is everybody's.
    var gate: Gate?

    init(_ socket: DatagramSocket, _ mode: ServeMode, count: Int?, reporter: Reporter) {
        self.socket = socket
        self.mode = mode
        self.count = count
        self.reporter = reporter
        failures = RepeatedFailures(reporter)
    }

    /// Runs until `count` datagrams have come, or the socket is closed by `finish`.
    func run(timeout: Duration?) async -> ExitStatus {
        let status = await serve(timeout: timeout)
        reportDrops()
        return status
    }

    private func serve(timeout: Duration?) async -> ExitStatus {
        var buffer = [UInt8](repeating: 0, count: 256 * 1024)
        socket.readDeadline = timeout.map { .now + $0 }
        var arrived = 0
        do throws(NetworkError) {
            while count.map({ arrived < $0 }) ?? true {
                var room = buffer.mutableSpan
                let datagram = try await socket.receive(into: &room)
                // A receive does not wait while there are more, whoever sent them.
                await Task.yield()
                if let gate, !gate.takes(from: datagram.source) { continue }
                socket.readDeadline = nil
                arrived += 1
                report(datagram.source, bytes: datagram.count, length: datagram.length, sent: false)
                try await answer(datagram, buffer.span.extracting(first: datagram.count))
            }
            return .success
        } catch {
            return error.isClosed || error.cause == .cancelled ? .success : reporter.fail(error)
        }
    }

    func finish(_ reason: String) {
        reporter.report(StoppingEvent(reason: reason))
        reportDrops()
        socket.close()
    }

    /// What the kernel dropped while others were answered; a socket that is closed says no more.
    private func reportDrops() {
        let ends = Ends(socket.network, local: socket.localEndpoint)
        let drops = DatagramRelay.Ends.open(socket, everyone: true).drops
        if let dropped = DroppedEvent(ends, drops) { reporter.report(dropped) }
    }

    private func answer(_ datagram: Datagram, _ payload: Span<UInt8>) async throws(NetworkError) {
        // A Unix sender without a name has nowhere to be answered.
        guard datagram.source != .unix(.unnamed) else { return }
        switch mode {
        case .pipe, .discard, .frames, .chat, .broker, .proxy: return
        case .echo: try await send(payload, to: datagram.source)
        case .time: try await send(Array("\(Timestamp.now)\n".utf8).span, to: datagram.source)
        case .chargen:
            // RFC 864: each answer holds between 0 and 512 characters.
            ring += 1
            try await send(ChargenService.line(ring).span, to: datagram.source)
        }
    }

    private func send(_ bytes: Span<UInt8>, to peer: Endpoint) async throws(NetworkError) {
        // Meanwhile nobody else is answered.
        if socket.network.isUnix {
            socket.writeDeadline = .now + (absent.contains(peer) ? .milliseconds(20) : .seconds(1))
        }
        do throws(NetworkError) {
            try await socket.send(bytes, to: peer)
            if !absent.isEmpty { absent.remove(peer) }
            report(peer, bytes: bytes.count, length: bytes.count, sent: true)
        } catch {
            // One peer that cannot be answered is its own affair.
            if error.isClosed || error.cause == .cancelled { throw error }
            if error.cause != .timeout { return failures.tell(error) }
            // It is told once.
            if absent.count >= 1024 { absent = [] }
            if absent.insert(peer).inserted { reporter.fail(error) }
        }
    }

    private func report(_ peer: Endpoint, bytes: Int, length: Int, sent: Bool) {
        let ends = Ends(socket.network, local: socket.localEndpoint, remote: peer)
        if sent {
            reporter.report(DatagramSentEvent(ends: ends, bytes: bytes, length: length))
        } else {
            reporter.report(DatagramReceivedEvent(ends: ends, bytes: bytes, length: length))
        }
    }
}
