extension Row where Arguments: Equatable {
    /// Whether the arguments have something from this row that the defaults have not.
    ///
    /// An option that was given its own default cannot be told from one that was left out, and need not be.
    func isGiven(in arguments: Arguments, unlike defaults: Arguments) -> Bool {
        switch info.kind {
        case .option: return defaultText(arguments) != defaultText(defaults)
        case .positional, .rest: return false
        case .flag:
            var (again, alone) = (arguments, defaults)
            guard (try? apply(&again, "")) != nil, (try? apply(&alone, "")) != nil else { return false }
            return alone != defaults && again == arguments
        }
    }
}

extension Array {
    /// The first option given that is none of these, so that a mode refuses whatever it has no use for, even an option
    /// that is younger than the mode.
    func firstGiven<Arguments: Equatable>(
        in arguments: Arguments, unlike defaults: Arguments, besides allowed: Set<String>
    ) -> String? where Element == Row<Arguments> {
        first { !allowed.contains($0.info.name) && $0.isGiven(in: arguments, unlike: defaults) }?.info.spelling
    }
}

extension PeerArguments {
    /// The options that any way of using a connection honours: those of the network, the socket and the reports.
    static let plainNames = Set(
        (NetworkArguments.rows.map(\.info) + SocketArguments.rows.map(\.info) + CommonArguments.rows.map(\.info))
            .map(\.name))
}
