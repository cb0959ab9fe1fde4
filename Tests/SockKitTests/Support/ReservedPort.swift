import Glibc
import SockKit

/// Reserves a port of 127.0.0.1 that nobody listens on: bound, so that nobody else gets it, and refusing every dial.
func refusingPort() throws -> Int { try hold(listening: false) }

/// Occupies a port of 127.0.0.1: somebody listens there already.
func occupiedPort() throws -> Int { try hold(listening: true) }

private func hold(listening: Bool) throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw HarnessError("socket") }
    try Scene.required().adopt(descriptor: descriptor)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
            guard unsafe bind(descriptor, pointer, length) == 0 else { return Int32(-1) }
            return unsafe getsockname(descriptor, pointer, &length)
        }
    }
    guard code == 0 else { throw HarnessError("bind") }
    if listening && listen(descriptor, 16) != 0 { throw HarnessError("listen") }
    return Int(UInt16(bigEndian: address.sin_port))
}

/// A port of 127.0.0.1 that nobody has: below those that the kernel gives away, so that nobody gets it by chance.
func unboundPort() throws -> Int {
    for _ in 0..<100 {
        let port = Int.random(in: 10_000..<32_000)
        if isFree(port) { return port }
    }
    throw HarnessError("no free port", EADDRINUSE)
}

/// A place of 127/8 that nobody has, and that nobody is given by chance: an address of its own, and such a port.
func unboundPlace() throws -> Endpoint {
    let address = IPAddress(v4: 127, .random(in: 100...250), .random(in: 1...250), .random(in: 1...250))
    return .ip(address, port: UInt16(try unboundPort()))
}

/// Whether nobody has the port, at any address, for streams or datagrams; lingering connections count too.
private func isFree(_ port: Int) -> Bool {
    let place = Endpoint.ip(Tool.hasIPv6 ? .v6Any : .v4Any, port: UInt16(port))
    return [Network.Kind.stream, .datagram].allSatisfy { kind in
        guard let socket = try? SocketCalls.socket(place.socketFamily, kind) else { return false }
        return (try? SocketCalls.bind(socket.rawValue, to: place, family: place.socketFamily)) != nil
    }
}
