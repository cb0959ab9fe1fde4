import SockKit

// What was typed, as the library and the reporter want it.

extension CommonArguments {
    func reporterSettings(target: ReporterSettings.Target) -> ReporterSettings {
        ReporterSettings(
            verbosity: verbosity, isJSON: isJSON, isQuiet: isQuiet, isTracing: isTracing,
            hasTimestamps: hasTimestamps, color: color, showsProgress: showsProgress, target: target)
    }
}

extension NetworkArguments {
    /// Where to dial or to listen, and on which network: the one that was named, or the one the address implies.
    func destination(
        _ words: [String], _ role: Destination.Role
    ) throws(UsageError) -> (network: Network, destination: Destination) {
        let named = try named()
        do throws(AddressError) {
            let destination = try Destination.parse(words, role: role, network: named)
            return (destination.network ?? Self.implied(by: destination), destination)
        } catch {
            throw UsageError(error.message)
        }
    }

    /// As `destination`, for a probe: without an address it has a peer of its own, and needs neither name nor resolver.
    func probed(_ words: [String]) throws(UsageError) -> (network: Network, destination: Destination?) {
        guard words.isEmpty else {
            let (network, destination) = try destination(words, .dialing)
            return (network, destination)
        }
        if isLiteral || !resolutions.isEmpty {
            throw UsageError("'--\(isLiteral ? "no-dns" : "resolve")' has no use without an address")
        }
        return (try named() ?? .tcp, nil)
    }

    private func named() throws(UsageError) -> Network? {
        guard let name else { return nil }
        guard let network = Network(rawValue: name) else { throw UsageError("unknown network \(name)") }
        return network
    }

    private static func implied(by destination: Destination) -> Network {
        if case .unix = destination.place { .unix } else { .tcp }
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
        return Resolver(overrides: overrides, literalsOnly: isLiteral)
    }
}

extension SocketArguments {
    var options: SocketOptions {
        var options = SocketOptions()
        options.sendBuffer = sendBuffer
        options.receiveBuffer = receiveBuffer
        options.noDelay = nodelay
        options.keepAlive =
            keepAlive.map { KeepAlive(idle: $0.idle, interval: $0.interval, count: Int32($0.count)) } ?? .off
        options.timeToLive = ttl.map(Int32.init)
        options.typeOfService = typeOfService.map(Int32.init)
        options.userTimeout = userTimeout
        options.linger = linger
        options.maximumSegment = maximumSegment.map(Int32.init)
        options.interface = interface
        return options
    }
}

extension FrameArguments {
    /// What is done with messages; nil where there are only bytes.
    func rules(sendsCRLF: Bool) -> FrameRules? {
        guard let framing else { return nil }
        var rules = FrameRules(framing.framing)
        rules.maximum = maximum
        rules.separator = separator
        rules.sendsWhole = sendsWhole
        rules.sendsCRLF = sendsCRLF
        return rules
    }
}

extension FrameSetting {
    var framing: Framing {
        switch self {
        case .line: .line
        case .delimiter(let bytes): .delimiter(bytes)
        case .length(let width, let isLittleEndian, let countsItself):
            .length(Framing.LengthField(width: width, isLittleEndian: isLittleEndian, countsItself: countsItself))
        }
    }
}
