/// Through which proxy a request goes: Go's rules for `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`.
public struct ProxyRules: Sendable {
    /// For `http` URLs.
    public var http: HTTPURL?
    /// For `https` URLs.
    public var https: HTTPURL?
    /// Who is asked without a proxy. This machine always is.
    public var exceptions = ProxyExceptions()
    /// The variables that name the two.
    private var httpVariable, httpsVariable: String?
    /// Why the proxy for `http` must not be used; who sent a request may have chosen it.
    private var refusal: String?

    /// No proxy.
    public static let none = ProxyRules()

    public init(http: HTTPURL? = nil, https: HTTPURL? = nil, exceptions: ProxyExceptions = ProxyExceptions()) {
        self.http = http
        self.https = https
        self.exceptions = exceptions
    }

    /// What an environment asks for. A name in upper case wins over the same in lower case.
    ///
    /// In a CGI program (`REQUEST_METHOD`) `HTTP_PROXY` is what a request's field `Proxy` says, so it is refused. A value
    /// that is no URL is an error, where Go would go without a proxy.
    public init(environment: [String: String]) throws(NetworkError) {
        (http, httpVariable) = try Self.proxy(environment, "HTTP_PROXY")
        (https, httpsVariable) = try Self.proxy(environment, "HTTPS_PROXY")
        exceptions = ProxyExceptions(Self.value(environment, "NO_PROXY")?.value ?? "")
        if http != nil, environment["REQUEST_METHOD"]?.isEmpty == false {
            refusal = "HTTP_PROXY is not obeyed in a CGI program (REQUEST_METHOD is set): a client may have chosen it"
        }
    }

    /// The proxy that a request to this URL goes through; nil is none.
    public func proxy(for url: HTTPURL) throws(NetworkError) -> HTTPURL? {
        guard let proxy = url.isSecure ? https : http else { return nil }
        if !url.isSecure, let refusal { throw NetworkError(.dial, network: nil, cause: .invalid(refusal)) }
        return exceptions.contains(url.host, url.effectivePort) ? nil : proxy
    }

    /// The proxy that leads to a server of an `https` URL; nil is none.
    func secureProxy(for host: String, _ port: UInt16) -> HTTPURL? {
        guard let https, !exceptions.contains(host, port) else { return nil }
        return https
    }

    /// What a proxy of these is called, with the variable that names it: `proxy http://10.0.0.1:3128 (http_proxy)`.
    func name(of proxy: HTTPURL) -> String {
        let variable = proxy == http ? httpVariable : proxy == https ? httpsVariable : nil
        return "proxy http://\(proxy.authority)" + (variable.map { " (\($0))" } ?? "")
    }

    private static func value(_ environment: [String: String], _ name: String) -> (name: String, value: String)? {
        for name in [name, name.lowercased()] {
            if let value = environment[name], !value.isEmpty { return (name, value) }
        }
        return nil
    }

    private static func proxy(
        _ environment: [String: String], _ name: String
    ) throws(NetworkError) -> (url: HTTPURL?, variable: String?) {
        guard let (name, value) = value(environment, name) else { return (nil, nil) }
        do throws(HTTPURL.Failure) {
            let url = try HTTPURL(value, guessing: true)
            guard url.isSecure else { return (url, name) }
            throw .otherScheme("https")
        } catch {
            let text: String
            switch error {
            case .otherScheme(let scheme): text = "\(name): a proxy that is spoken to by \(scheme) is not possible"
            default: text = "\(name): \(error)"
            }
            throw NetworkError(.dial, network: nil, cause: .invalid(text))
        }
    }
}
