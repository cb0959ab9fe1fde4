/// A port where TLS is spoken with datagrams: each client that has proven where it is gets a socket of its own.
@Netpoller
public final class DatagramTLSListener {
    public let network: Network
    public var endpoint: Endpoint { socket.localEndpoint }
    private let socket: DatagramSocket
    private let server: TLSServer
    private let options: SocketOptions
    /// What the next client will speak through.
    private var waiting: TLSSession?
    private let batch = DatagramBatch(capacity: 1)
    /// Told of a client that could not be taken; others can.
    public var onFailure: (@Netpoller (NetworkError) -> Void)?
    /// Who came last, and when: what he said twice may have come twice before he had a socket of his own.
    private var last: (client: Endpoint, since: Deadline)?

    /// Takes over a socket that was bound with others in mind (SO_REUSEPORT): those of the clients have its address, too, and
    /// the kernel gives each what comes from the one it is connected to.
    public init(_ socket: DatagramSocket, _ server: TLSServer, options: SocketOptions) {
        (self.socket, self.server, self.options) = (socket, server, options)
        network = socket.network
    }

    /// The moment after which `accept` fails.
    public var deadline: Deadline? {
        get { socket.readDeadline }
        set { socket.readDeadline = newValue }
    }

    /// Waits for the next client. Its handshake goes on with `TLSServer.secure`.
    ///
    /// A datagram that begins no handshake is dropped, and one without a cookie is answered with one.
    public func accept() async throws(NetworkError) -> Connection {
        while true {
            try await socket.receive(into: batch)
            let (session, source) = (try nextSession(), batch.source(of: 0))
            if let last, last.client == source, !(last.since + .seconds(1)).hasPassed { continue }
            let isClient = batch.withPayload(of: 0) { session.listen(to: $0, from: source) }
            for answer in session.channel.takeDatagrams() {
                // Whoever does not get it asks again.
                do throws(NetworkError) { try await socket.send(answer.span, to: source) } catch {
                    guard !error.isClosed, error.cause != .cancelled else { throw error }
                    onFailure?(error)
                }
            }
            guard isClient else { continue }
            waiting = nil
            last = (source, .now)
            do throws(NetworkError) { return try await connect(to: source, session) } catch {
                guard error.cause != .cancelled else { throw error }
                onFailure?(error)
            }
        }
    }

    private func nextSession() throws(NetworkError) -> TLSSession {
        if let waiting { return waiting }
        do throws(TLSFailure) {
            let made = try server.makeSession()
            waiting = made
            return made
        } catch {
            throw NetworkError(.accept, network: network, local: endpoint, cause: .tls(error))
        }
    }

    private func connect(to client: Endpoint, _ session: TLSSession) async throws(NetworkError) -> Connection {
        var dialer = Dialer(source: own(for: client), options: options)
        dialer.options.reusesPort = true
        let connection = try await DialAttempt(dialer: dialer, network: network, remote: client).run(until: nil)
        connection.prepare(session)
        return connection
    }

    /// This end as a client sees it: one of a socket for both families has the client's family.
    private func own(for client: Endpoint) -> Endpoint {
        guard case .ip(let address, let port) = endpoint, address.isUnspecified else { return endpoint }
        return .ip(client.address?.family == .v6 ? .v6Any : .v4Any, port: port)
    }

    public func close() {
        socket.close()
    }
}

extension TLSSession {
    /// Looks at the first words of a client; true once it has proven where it is.
    fileprivate func listen(to datagram: Span<UInt8>, from source: Endpoint) -> Bool {
        channel.source = Array(source.description.utf8)
        channel.take(datagram)
        let functions = library.functions
        functions.ERR_clear_error()
        let client = unsafe functions.BIO_ADDR_new()
        defer { unsafe functions.BIO_ADDR_free(client) }
        let isClient = unsafe functions.DTLSv1_listen(handle, client) == 1
        functions.ERR_clear_error()
        channel.forgetInput()
        return isClient
    }
}
