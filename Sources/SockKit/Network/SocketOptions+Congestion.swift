extension SocketOptions {
    /// Chooses the congestion control. What the kernel has and what it allows it tells only in /proc: an error names those.
    func apply(_ congestionControl: String, _ descriptor: Int32) throws(OptionFailure) {
        do throws(Errno) { try TCPInfoCalls.setCongestionControl(congestionControl, of: descriptor) } catch {
            let known = Self.names("tcp_available_congestion_control")
            let allowed = Self.names("tcp_allowed_congestion_control")
            switch error {
            case .noSuchFile where !known.isEmpty:
                throw OptionFailure(
                    cause: .invalid(
                        "this kernel has no congestion control '\(congestionControl)'; it has \(known.inWords)"))
            case .notPermitted where !allowed.isEmpty:
                throw OptionFailure(
                    cause: .option(
                        error, name: "TCP_CONGESTION",
                        interface: "\(congestionControl) (whoever is not root may choose \(allowed.inWords))"))
            default: throw OptionFailure(cause: .option(error, name: "TCP_CONGESTION", interface: congestionControl))
            }
        }
    }

    private static func names(_ setting: String) -> [String] {
        let text = (try? FileCalls.contents(of: "/proc/sys/net/ipv4/\(setting)")) ?? ""
        return text.split(whereSeparator: \.isWhitespace).map(String.init)
    }
}

extension [String] {
    /// `reno, bbr and cubic`
    fileprivate var inWords: String {
        count < 2 ? joined() : dropLast().joined(separator: ", ") + " and " + self[count - 1]
    }
}
