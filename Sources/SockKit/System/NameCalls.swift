private import Glibc

/// Names into addresses and ports. These calls block, some for many seconds: helper threads make them.
package enum NameCalls {
    package enum Failure: Error, Sendable {
        case noSuchName
        case temporary
        case system(Errno)
        case other(String)
    }

    /// The addresses of a host, in the resolver's order (RFC 6724). The corresponding call is getaddrinfo(3).
    package static func addresses(of host: String, family: IPAddress.Family?) throws(Failure) -> [IPAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_family =
            switch family {
            case .v4: AF_INET
            case .v6: AF_INET6
            case nil: AF_UNSPEC
            }
        var list: UnsafeMutablePointer<addrinfo>?
        let result = unsafe getaddrinfo(host, nil, &hints, &list)
        let number = errno
        defer { if let list = unsafe list { unsafe freeaddrinfo(list) } }
        guard result == 0 else { throw failure(result, number) }
        var found: [IPAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            let address = unsafe SocketAddress(copying: entry.pointee.ai_addr, entry.pointee.ai_addrlen)
            if let address = address.endpoint.address, !found.contains(address) { found.append(address) }
            unsafe next = entry.pointee.ai_next
        }
        return found
    }

    private static func failure(_ result: Int32, _ number: Int32) -> Failure {
        // Other results say what they mean.
        if [EAI_NONAME, -5, EAI_AGAIN, EAI_SYSTEM, EAI_MEMORY].contains(result), let shortage = descriptorShortage() {
            return .system(shortage)
        }
        return switch result {
        case EAI_NONAME, -5: .noSuchName  // -5 is EAI_NODATA, which glibc shows only to GNU programs
        case EAI_AGAIN: .temporary
        case EAI_MEMORY: .system(.noMemory)
        case EAI_SYSTEM: .system(Errno(rawValue: number))
        default: .other(unsafe String(cString: gai_strerror(result)))
        }
    }

    /// Why a look-up had no descriptor to work with; nil where it had one.
    ///
    /// getaddrinfo(3) opens /etc/hosts, and sockets to servers. Where it cannot, it mostly says EAI_NONAME, as of
    /// a name that nobody knows, and so does what reads /etc/services: only another attempt to open something tells
    /// which it was.
    package static func descriptorShortage() -> Errno? { shortage(of: mostAtOnce) }

    /// How many descriptors a look-up may hold at once: a file, and sockets of UDP and TCP to a server; and one more,
    /// for others come and go meanwhile.
    private static let mostAtOnce = 4

    private static func shortage(of count: Int) -> Errno? {
        guard count > 0 else { return nil }
        do throws(Errno) {
            // open(2) takes a number before it looks at the path: where that is not there, there was one to be had.
            let one = try FileCalls.open("/dev/null", for: .read)
            let found = shortage(of: count - 1)
            try? one.close()
            return found
        } catch {
            return error == .tooManyOpenFiles || error == .tooManyOpenFilesInSystem ? error : nil
        }
    }

    /// The name of the service that has a port, from /etc/services; nil where it has none. The corresponding call is
    /// getservbyport_r(3).
    package static func service(at port: UInt16, datagram: Bool) -> String? {
        var entry = unsafe servent()
        var found: UnsafeMutablePointer<servent>?
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { room in
            let result = unsafe getservbyport_r(
                Int32(port.bigEndian), datagram ? "udp" : "tcp", &entry, room.baseAddress!, room.count, &found)
            guard result == 0, let service = unsafe found, let name = unsafe service.pointee.s_name else { return nil }
            return unsafe String(cString: name)
        }
    }

    /// The port of a service such as `http`, from /etc/services; nil where it is not known.
    package static func port(of service: String, datagram: Bool) -> UInt16? {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32((datagram ? SOCK_DGRAM : SOCK_STREAM).rawValue)
        unsafe hints.ai_flags = AI_PASSIVE
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(nil, service, &hints, &list) == 0, let entry = unsafe list else { return nil }
        defer { unsafe freeaddrinfo(entry) }
        return unsafe SocketAddress(copying: entry.pointee.ai_addr, entry.pointee.ai_addrlen).endpoint.port
    }
}

extension SocketAddress {
    /// A copy of an address that the C library made.
    fileprivate init(copying pointer: UnsafePointer<sockaddr>, _ length: UInt32) {
        self.init()
        unsafe withMutablePointer { storage, room in
            unsafe UnsafeMutableRawPointer(storage).copyMemory(from: pointer, byteCount: Int(length))
            unsafe room.pointee = length
        }
    }
}
