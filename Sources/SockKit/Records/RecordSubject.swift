/// Whose bytes are recorded: a connection, or an association of datagrams, with its number and its two outer ends.
public struct RecordSubject: Sendable, Hashable {
    /// Counted from 1.
    public let number: Int
    public let network: Network
    public let client: Endpoint
    public let target: Endpoint

    public init(_ number: Int, _ network: Network, client: Endpoint, target: Endpoint) {
        self.number = number
        self.network = network
        self.client = client
        self.target = target
    }
}
