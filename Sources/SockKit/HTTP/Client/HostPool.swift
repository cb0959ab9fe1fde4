/// The connections of a transport to one place, and the requests that wait for one.
@Netpoller
final class HostPool {
    /// Where connections lead: what makes them interchangeable.
    enum Place: Sendable, Hashable {
        case server(isSecure: Bool, host: String, port: UInt16)
        case proxy(HTTPURL)
        /// `host` is whom TLS is spoken with there; nil is nobody.
        case unix(UnixAddress, host: String?)
    }

    let place: Place
    /// Gone where nobody has use for a connection any more.
    private(set) weak var transport: Transport?
    /// Unused connections; the last was used last, and is used next.
    var idle: [ClientConnection] = []
    /// In the order in which they came.
    var waiting: [ConnectionWish] = []
    /// All connections, with those that are being dialled.
    var count = 0

    init(_ place: Place, _ transport: Transport) {
        self.place = place
        self.transport = transport
    }

    /// Whom TLS is spoken with; nil is nobody.
    var securedHost: String? {
        switch place {
        case .server(let isSecure, let host, _): isSecure ? host : nil
        case .unix(_, let host): host
        case .proxy: nil
        }
    }

    /// The proxy that connections lead to.
    var proxy: HTTPURL? {
        if case .proxy(let url) = place { url } else { nil }
    }
}

/// A request that waits for a connection.
@Netpoller
final class ConnectionWish {
    let parking = Parking()
    let observer: ExchangeObserver?
    private(set) var outcome: Result<ClientConnection, NetworkError>?
    /// The dial that was begun for it.
    var dial: Task<Void, Never>?

    init(_ observer: ExchangeObserver?) {
        self.observer = observer
    }

    func fulfil(_ outcome: Result<ClientConnection, NetworkError>) {
        self.outcome = outcome
        parking.wake()
    }
}
