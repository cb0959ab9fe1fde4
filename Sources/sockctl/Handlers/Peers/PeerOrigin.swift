import SockKit

/// What a proxy said of the connection that it passes on.
///
/// A class of its own, so that a peer of whom nothing is said keeps room for no more than that.
final class PeerOrigin: Sendable {
    let header: ProxyHeader

    init(_ header: ProxyHeader) { self.header = header }

    /// Who is behind the proxy; nil where it does not say.
    var client: Endpoint? { header.ends?.source }
}
