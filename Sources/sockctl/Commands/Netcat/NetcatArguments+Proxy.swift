import SockKit

/// What nc and ncat say of proxies, as a URL.
extension NetcatArguments {
    static let proxyTypes = ["4", "5", "connect", "socks4", "socks5", "http"]

    var proxying: [Word] {
        guard let proxy else { return [] }
        return [Self.option("--proxy", Word("\(proxyScheme)://\(proxyUser)\(Self.place(proxy.text, proxyScheme))"))]
    }

    private var proxyScheme: String {
        switch proxyType {
        case "connect", "http": "http"
        // As nc has it, which tells such a proxy addresses only.
        case "4", "socks4": proxyDNS == "remote" ? "socks4a" : "socks4"
        default: proxyDNS == "local" ? "socks5" : "socks5h"
        }
    }

    private var proxyUser: String {
        guard let credentials = proxyAuth.flatMap({ BasicCredentials($0) }) else { return "" }
        let parts = [credentials.user, credentials.password].map { PercentCoding.encodeSegment($0) }
        return parts.joined(separator: ":") + "@"
    }

    /// With the port that both programs mean by none.
    private static func place(_ text: String, _ scheme: String) -> String {
        let hasPort = text.hasPrefix("[") ? !text.hasSuffix("]") : text.contains(":")
        return hasPort ? text : "\(text):\(scheme == "http" ? 3128 : 1080)"
    }
}

extension ValueType where Value == Word {
    /// A host, perhaps with a port. A URL is none, and is not repeated, for there may be a password in it.
    static var proxyPlace: Self {
        Self(placeholder: "HOST[:PORT]") { (word: Word) throws(UsageError) in
            let word = try ValueType<Word>.bytes("HOST[:PORT]").parse(word)
            guard !word.text.contains("://") else {
                throw UsageError(
                    "a proxy is named by its host and port alone, without a scheme: that is what '-X' says",
                    hint: "for http:// it is '-X connect', and '--proxy-auth' tells who asks")
            }
            return word
        } show: { _ in
            nil
        }
    }
}
