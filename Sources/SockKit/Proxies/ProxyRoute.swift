/// The way to wherever one goes: one proxy behind the other, or none.
public struct ProxyRoute: Sendable, Hashable {
    /// In the order in which a connection passes them.
    public var proxies: [ProxyURL]
    /// Whom no proxy is asked for.
    public var exceptions: ProxyExceptions

    public init(_ proxies: [ProxyURL] = [], exceptions: ProxyExceptions = ProxyExceptions()) {
        self.proxies = proxies
        self.exceptions = exceptions
    }

    /// Straight there.
    public static let direct = ProxyRoute()

    /// What an environment asks for: `ALL_PROXY` and `NO_PROXY`. A name in upper case wins over the same in lower case.
    public init(environment: [String: String]) throws(AddressError) {
        self.init(exceptions: ProxyExceptions(Self.value(environment, "NO_PROXY")?.value ?? ""))
        guard let (name, text) = Self.value(environment, "ALL_PROXY") else { return }
        do throws(AddressError) { proxies = [try ProxyURL(text)] } catch {
            throw AddressError("\(name): \(error.message)")
        }
    }

    private static func value(_ environment: [String: String], _ name: String) -> (name: String, value: String)? {
        for name in [name, name.lowercased()] {
            if let value = environment[name], !value.isEmpty { return (name, value) }
        }
        return nil
    }

    /// The proxies on the way to a host.
    func proxies(to host: String, port: UInt16?) -> [ProxyURL] {
        proxies.isEmpty || exceptions.names(host, port ?? 0) ? [] : proxies
    }

    /// Whether names are told to a proxy and never looked up here.
    public var resolvesThere: Bool { proxies.last?.scheme.resolvesThere ?? false }
}
