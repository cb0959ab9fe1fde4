import SockKit

/// The local IP address that `--source` names: a host, a port, or both.
struct SourceAddress: Sendable, Hashable {
    /// Empty is any address.
    let host: String
    /// 0 leaves it to the kernel; nil where the text names none.
    let port: UInt16?

    init(host: String, port: UInt16?) {
        self.host = host
        self.port = port
    }

    /// `HOST`, `HOST:PORT` or `:PORT`; an IPv6 address by itself with brackets or without.
    init(_ word: Word) throws(UsageError) {
        let text = word.text
        let bare = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        if IPAddress(bare) != nil {
            self.init(host: bare, port: nil)
            return
        }
        guard text.utf8.contains(UInt8(ascii: ":")) else {
            // A resolver would make an address of four bytes of it.
            if text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
                throw UsageError(
                    "'--source': '\(text)' is no host", hint: text.isEmpty ? nil : "for a port write :\(text)")
            }
            self.init(host: text, port: nil)
            return
        }
        if text.hasPrefix(":"), let port = UInt16(text.dropFirst()) {
            self.init(host: "", port: port)
            return
        }
        let place: Destination.Place
        do throws(AddressError) { place = try Destination.parse(text, role: .listening).place } catch {
            throw UsageError("'--source': \(error.message)")
        }
        guard case .host(let host, let service) = place, let port = UInt16(service) else {
            throw UsageError("'--source': '\(text)' is not HOST or HOST:PORT")
        }
        self.init(host: host, port: port)
    }
}
