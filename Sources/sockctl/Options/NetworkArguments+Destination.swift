import SockKit

extension NetworkArguments {
    /// Where to dial or to listen, and on which network: the one that was named, or the one the address implies.
    func destination(
        _ words: [Word], _ role: Destination.Role
    ) throws(UsageError) -> (network: Network, destination: Destination) {
        do throws(AddressError) {
            let destination = try Destination.parse(words.map(\.byteString), role: role, network: named)
            return (destination.network ?? Self.implied(by: destination), destination)
        } catch {
            throw UsageError(error.message, hint: Self.asURL(words, role))
        }
    }

    /// For whoever wants what is behind a URL, and would dial it.
    private static func asURL(_ words: [Word], _ role: Destination.Role) -> String? {
        guard role == .dialing, words.count == 1, let url = words.first?.text,
            ["http://", "https://"].contains(where: url.hasPrefix)
        else { return nil }
        return "to get what is there, use: sockctl http-get '\(url)'"
    }

    private static func implied(by destination: Destination) -> Network {
        if case .unix = destination.place { .unix } else { .tcp }
    }

    /// As `destination`, for a probe: without an address it has a peer of its own, and needs neither name nor resolver.
    func probed(_ words: [Word]) throws(UsageError) -> (network: Network, destination: Destination?) {
        guard words.isEmpty else {
            let (network, destination) = try destination(words, .dialing)
            return (network, destination)
        }
        if isLiteral || !resolutions.isEmpty {
            throw UsageError("'--\(isLiteral ? "no-dns" : "resolve")' has no use without an address")
        }
        return (named ?? .tcp, nil)
    }

    func resolver() throws(UsageError) -> Resolver {
        var overrides: [String: [IPAddress]] = [:]
        for resolution in resolutions {
            overrides[resolution.name] = try resolution.addresses.map { (text) throws(UsageError) in
                guard let address = IPAddress(text) else {
                    throw UsageError("'--resolve': '\(text)' is not an IP address")
                }
                return address
            }
        }
        var resolver = Resolver(overrides: overrides, literalsOnly: isLiteral)
        resolver.refusalOfNames += " with --no-dns"
        return resolver
    }
}

extension Word {
    /// The word as the library takes paths and addresses.
    var byteString: ByteString { ByteString(bytes: bytes) }
}
