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
    /// Why what a variable names is no proxy that may be used: told where a request would go through it.
    private var httpFault, httpsFault: NetworkError?

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
    /// that is no URL is an error of the requests that would go through it, where Go would go without a proxy.
    public init(environment: [String: String]) {
        (http, httpVariable, httpFault) = Self.proxy(environment, "HTTP_PROXY")
        (https, httpsVariable, httpsFault) = Self.proxy(environment, "HTTPS_PROXY")
        exceptions = ProxyExceptions(Self.value(environment, "NO_PROXY")?.value ?? "")
        if http != nil, environment["REQUEST_METHOD"]?.isEmpty == false {
            let reason = "is not obeyed in a CGI program (REQUEST_METHOD is set): a client may have chosen it"
            httpFault = NetworkError(.dial, network: nil, cause: .invalid("HTTP_PROXY \(reason)"))
        }
    }

    /// The proxy that a request to this URL goes through; nil is none.
    public func proxy(for url: HTTPURL) throws(NetworkError) -> HTTPURL? {
        try proxy(isSecure: url.isSecure, for: url.host, url.effectivePort)
    }

    /// The proxy that leads to a server of a URL, with `isSecure` of an `https` one; nil is none.
    func proxy(isSecure: Bool, for host: String, _ port: UInt16) throws(NetworkError) -> HTTPURL? {
        let (proxy, fault) = isSecure ? (https, httpsFault) : (http, httpFault)
        guard proxy != nil || fault != nil, !exceptions.contains(host, port) else { return nil }
        if let fault { throw fault }
        return proxy
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
    ) -> (url: HTTPURL?, variable: String?, fault: NetworkError?) {
        guard let (name, value) = value(environment, name) else { return (nil, nil, nil) }
        do throws(HTTPURL.Failure) {
            let url = try HTTPURL(value, guessing: true)
            guard url.isSecure else { return (url, name, nil) }
            throw .otherScheme("https")
        } catch {
            let text: String
            switch error {
            case .otherScheme(let scheme): text = "\(name): a proxy that is spoken to by \(scheme) is not possible"
            default: text = "\(name): \(error)"
            }
            return (nil, name, NetworkError(.dial, network: nil, cause: .invalid(text)))
        }
    }
}
