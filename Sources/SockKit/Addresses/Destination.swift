/// What a person typed to name a place to dial or to listen on, before anything is resolved.
public struct Destination: Sendable, Hashable, CustomStringConvertible {
    /// Where it is.
    public enum Place: Sendable, Hashable {
        /// A name or a literal address without brackets, and a port number or the name of a service.
        ///
        /// An empty host is every interface when listening and this machine when dialling. A numeric service is
        /// within 0…65535 and without leading zeros.
        case host(String, service: String)
        /// A Unix domain socket.
        case unix(UnixAddress)
        /// A virtual machine, or its host.
        case vsock(VsockAddress)
    }

    /// What is to be done there; a bare port means different things to the two.
    public enum Role: Sendable, Hashable {
        case dialing, listening
    }

    /// The network that was asked for, by a prefix (`tcp4://`, `unix:`) or beside the address; nil if by neither.
    public var network: Network?
    /// Where it is.
    public var place: Place

    /// A destination from its parts, which are taken as they are.
    public init(network: Network? = nil, place: Place) {
        self.network = network
        self.place = place
    }

    /// The place itself, where nobody has to be asked for it and it is on this machine.
    package func localEndpoint(for network: Network) -> Endpoint? {
        switch place {
        case .unix(let name): return .unix(name)
        case .vsock: return nil
        case .host(let host, let service):
            guard let address = IPAddress(host)?.unmapped, address.isLoopback, let port = UInt16(service),
                network.family.map({ $0 == address.family }) ?? true
            else { return nil }
            return .ip(address, port: port)
        }
    }

    /// The destination in the one-word form that `parse` reads back.
    public var description: String {
        switch place {
        case .host(let host, let service):
            let prefix = network.map { "\($0)://" } ?? ""
            return host.utf8.contains(UInt8(ascii: ":"))
                ? "\(prefix)[\(host)]:\(service)" : "\(prefix)\(host):\(service)"
        case .unix(let address):
            let text = address.description
            // "unix://x" is the URL's way to write the path x, so a path with two slashes needs the URL's own two.
            return "\(network ?? .unix):\(text.utf8.starts(with: "//".utf8) ? "//" : "")\(text)"
        case .vsock(let address): return "vsock:\(address)"
        }
    }
}
