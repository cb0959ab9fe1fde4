import SockKit

/// A port of 127.0.0.1 that refuses: bound, so that nobody else gets it, but nobody listens.
struct RefusingPort: ~Copyable {
    private let descriptor: FileDescriptor
    let endpoint: Endpoint

    init(_ address: IPAddress = .v4Loopback, port: UInt16 = 0) throws {
        let place = Endpoint.ip(address, port: port)
        let socket = try SocketCalls.socket(place.socketFamily, .stream)
        try SocketCalls.bind(socket.rawValue, to: place, family: place.socketFamily)
        let bound = try SocketCalls.localEndpoint(of: socket.rawValue)
        descriptor = socket
        endpoint = bound
    }
}
