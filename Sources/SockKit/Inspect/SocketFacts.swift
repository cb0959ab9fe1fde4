/// What the kernel made of a socket's options, in the order and words in which a person is told.
public struct SocketFacts: Sendable {
    public let pairs: [(name: String, value: String)]
}

extension Connection {
    /// The options as they are now; nil once closed.
    public var socketFacts: SocketFacts? { descriptor.socketFacts }
}

extension Listener {
    /// The options as they are now, which accepted connections inherit; nil once closed.
    public var socketFacts: SocketFacts? { descriptor.socketFacts }
}

extension DatagramSocket {
    /// The options as they are now; nil once closed.
    public var socketFacts: SocketFacts? { descriptor.socketFacts }
}

extension PolledDescriptor {
    fileprivate var socketFacts: SocketFacts? {
        ask { number throws(Errno) in SocketFacts(of: number) }
    }
}

extension SocketFacts {
    /// Asks for one option after the other; what a kind of socket does not have is left out.
    fileprivate init(of descriptor: Int32) {
        func value(_ option: SocketOption) -> Int32? { try? option.get(from: descriptor) }
        func name(_ option: SocketOption) -> String? { value(option).flatMap(option.valueName) }
        let domain = name(.domain)
        var facts: [(name: String, value: String?)] = [
            ("domain", domain), ("type", name(.type)), ("protocol", name(.protocolNumber)),
            ("send buffer", value(.sendBuffer).map { "\($0)" }),
            ("receive buffer", value(.receiveBuffer).map { "\($0)" }),
            ("linger", Self.linger(of: descriptor)),
        ]
        if domain == "AF_INET" || domain == "AF_INET6" {
            let isV6 = domain == "AF_INET6"
            facts += [
                ("ttl", value(isV6 ? .hopLimit : .timeToLive).map { "\($0)" }),
                ("tos", value(isV6 ? .trafficClass : .typeOfService).map { "0x\(String($0, radix: 16))" }),
            ]
        }
        if name(.protocolNumber) == "IPPROTO_TCP" || name(.protocolNumber) == "IPPROTO_MPTCP" {
            facts += [
                ("nodelay", value(.noDelay).map { $0 == 0 ? "off" : "on" }),
                ("keepalive", value(.keepAlive).map { $0 == 0 ? "off" : "on" }),
                ("keepalive idle", value(.keepAlive) == 0 ? nil : value(.keepAliveIdle).map { "\($0)" }),
                ("keepalive interval", value(.keepAlive) == 0 ? nil : value(.keepAliveInterval).map { "\($0)" }),
                ("keepalive count", value(.keepAlive) == 0 ? nil : value(.keepAliveCount).map { "\($0)" }),
                ("user timeout", value(.userTimeout).map { $0 == 0 ? "none" : "\($0) ms" }),
                ("mss", value(.maximumSegment).map { "\($0)" }),
                ("congestion control", try? TCPInfoCalls.congestionControl(of: descriptor)),
            ]
        }
        pairs = facts.compactMap { fact in fact.value.map { (fact.name, $0) } }
    }

    private static func linger(of descriptor: Int32) -> String? {
        do throws(Errno) {
            guard let seconds = try SocketOption.getLinger(of: descriptor) else { return "off" }
            return seconds == 0 ? "reset" : "\(seconds) s"
        } catch {
            return nil
        }
    }
}
