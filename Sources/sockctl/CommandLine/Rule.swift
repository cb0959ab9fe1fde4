/// What must hold where an option is given, as data: `Command.check` looks at the rules of every command.
///
/// In `reason` and `hint` these stand for what is known only then: `{option}` for the option as it is typed, with the
/// value if the rule is about that one; `{other}` for the one that it meets; `{value}` and `{other value}` for their values
/// as they were written; `{network}` for the network's name; `{address}` for the command's address.
struct Rule: Equatable, Sendable {
    enum Demand: Equatable, Sendable {
        /// One of these is given too.
        case needs([Pattern])
        /// None of these is given.
        case excludes([Pattern])
        /// No option but these is given, so that an option which is younger than the rule is refused as well.
        case honours(Names)
        /// The option has no place here at all.
        case never
    }

    /// The names of options, which are put together only where the rule is looked at: in most runs that is never.
    struct Names: Equatable, Sendable {
        let all: @Sendable () -> Set<String>

        static func == (left: Names, right: Names) -> Bool { left.all() == right.all() }
    }

    /// The rule holds where one of these is given.
    let subjects: [Pattern]
    let demand: Demand
    /// If set, the rule holds on networks without this trait; otherwise on all.
    var missing: NetworkTrait?
    let reason: String
    var hint: String?

    /// An option or argument as a rule names it: `frame` with any value, `frame line` with this one, `frame delim:*` with
    /// one that begins so.
    struct Pattern: Hashable, Sendable, ExpressibleByStringLiteral {
        let name: String
        let value: String?

        init(_ text: String) {
            let parts = text.split(separator: " ", maxSplits: 1)
            name = String(parts[0])
            value = parts.count == 2 ? String(parts[1]) : nil
        }

        init(stringLiteral text: String) { self.init(text) }

        func matches(_ given: Given) -> Bool {
            guard let written = given.value(of: name) else { return false }
            guard let value else { return true }
            return value.hasSuffix("*") ? written.hasPrefix(value.dropLast()) : written == value
        }

        /// The option as it is typed.
        var spelling: String { "--\(name)" + (value.map { " \($0)" } ?? "") }
    }
}

/// What an option may need of the network that it is used on.
enum NetworkTrait: Sendable {
    case tcp
    /// Addresses with a host and a port.
    case ip
    /// Addresses that are paths or abstract names.
    case unix
    /// Bytes without boundaries.
    case stream
    /// Peers that are connected.
    case connection
    /// Messages without a connection.
    case datagrams
    /// Bytes or messages that TLS can hide.
    case securable
    /// A local address that whoever dials may choose.
    case source
}

/// A network as far as rules know it.
struct NetworkTraits: Sendable {
    let name: String
    let traits: Set<NetworkTrait>
}
