import Testing

@testable import SockKit

/// What a scripted proxy was told, and what a dial told of itself.
@Netpoller
final class ProxyLog {
    var heard: [[UInt8]] = []
    var events: [String] = []

    func note(_ event: DialEvent) {
        switch event {
        case .resolved(let host, let addresses, _): events.append("resolved \(host) \(addresses)")
        case .connecting(let endpoint, _): events.append("connecting \(endpoint)")
        case .attemptFailed(let error, _): events.append("failed \(error.code)")
        case .connected(let connection, _, _): events.append("connected \(connection.remoteEndpoint)")
        case .proxied(let proxy, let target, _): events.append("proxied \(proxy) \(target)")
        }
    }
}

extension ScriptedServer {
    /// A URL of it as a proxy.
    func proxy(_ scheme: ProxyURL.Scheme, _ credentials: ProxyCredentials? = nil) -> ProxyURL {
        ProxyURL(
            scheme, host: listener.endpoint.address?.description ?? "", port: listener.endpoint.port ?? 0,
            credentials: credentials)
    }
}

extension ScriptedServer.Peer {
    /// Sends bytes in two pieces, the second when the first is likely to have been read.
    func send(_ bytes: [UInt8], cutAt cut: Int) async throws {
        let cut = min(cut, bytes.count)
        if cut > 0 { try await connection.write(Array(bytes[..<cut])) }
        if cut > 0, cut < bytes.count { await Netpoller.sleep(for: .milliseconds(1)) }
        if cut < bytes.count { try await connection.write(Array(bytes[cut...])) }
    }

    func send(_ bytes: [UInt8]) async throws { try await connection.write(bytes) }
}

/// Answers of proxies, as they go over the wire.
enum ScriptedAnswer {
    static let http = Array("HTTP/1.1 200 Connection established\r\nX: y\r\n\r\n".utf8)
    static let socks4: [UInt8] = [0, 90, 0, 80, 10, 0, 0, 1]
    /// With each type of address.
    static let socks5: [[UInt8]] = [
        [5, 0, 0, 1, 127, 0, 0, 1, 0x1f, 0x90],
        [5, 0, 0, 3, 4] + Array("host".utf8) + [0x1f, 0x90],
        [5, 0, 0, 4] + [UInt8](repeating: 0, count: 15) + [1, 0x1f, 0x90],
        [5, 0, 0, 3, 0, 0, 0],
    ]

    static func refusal(_ code: UInt8) -> [UInt8] { [5, code, 0, 1, 0, 0, 0, 0, 0, 0] }
}

/// A dialer that resolves nothing: with it whatever is looked up here is an error.
func literalDialer(_ log: ProxyLog? = nil, timeout: Duration = patience) -> Dialer {
    var dialer = Dialer(timeout: timeout, resolver: Resolver(literalsOnly: true))
    if let log { dialer.onEvent = { event in log.note(event) } }
    return dialer
}

extension ProxyDialer {
    /// Dials `HOST:PORT` through one proxy, or a chain.
    static func dial(
        _ proxies: ProxyURL..., to address: String, with dialer: Dialer = literalDialer()
    ) async throws(NetworkError) -> Connection {
        try await ProxyDialer(ProxyRoute(proxies)).dial(address, dialer)
    }

    func dial(_ address: String, _ dialer: Dialer = literalDialer()) async throws(NetworkError) -> Connection {
        let destination: Destination
        do throws(AddressError) { destination = try Destination.parse(address, role: .dialing, network: .tcp) } catch {
            throw NetworkError(.dial, network: .tcp, cause: .invalid(error.message))
        }
        return try await dial(.tcp, to: destination, with: dialer)
    }
}
