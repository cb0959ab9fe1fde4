import SockKit

/// What a program finds in its environment about the peer that it was started for.
enum ProgramVariables {
    /// Ours, ncat's, and those of ucspi-tcp.
    static let names: Set<String> = {
        let prefixed = ["SOCKCTL", "NCAT"].flatMap { prefix in
            ["REMOTE_ADDR", "REMOTE_PORT", "LOCAL_ADDR", "LOCAL_PORT", "PROTO"].map { "\(prefix)_\($0)" }
        }
        return Set(prefixed + ["SOCKCTL_CONNECTION", "PROTO"] + ucspi)
    }()

    private static let ucspi = ["TCPREMOTEIP", "TCPREMOTEPORT", "TCPLOCALIP", "TCPLOCALPORT"]

    static func values(of ends: Ends) -> [ChildProgram.Variable] {
        let (remote, local) = (place(ends.remote), place(ends.local))
        let network = ByteString(ends.network.isUnix ? "UNIX" : ends.network == .vsock ? "VSOCK" : "TCP")
        var variables: [ChildProgram.Variable] = []
        for prefix in ["SOCKCTL", "NCAT"] {
            variables += [
                .init("\(prefix)_REMOTE_ADDR", remote.address), .init("\(prefix)_REMOTE_PORT", remote.port),
                .init("\(prefix)_LOCAL_ADDR", local.address), .init("\(prefix)_LOCAL_PORT", local.port),
                .init("\(prefix)_PROTO", network),
            ]
        }
        variables += [.init("SOCKCTL_CONNECTION", ByteString("\(ends.connection ?? 1)")), .init("PROTO", network)]
        guard ends.network.isTCP else { return variables }
        return variables
            + zip(ucspi, [remote.address, remote.port, local.address, local.port]).map { .init($0, $1) }
    }

    /// A Unix socket has no port, and may have no name; what would be inherited must not stand there instead.
    private static func place(_ endpoint: Endpoint?) -> (address: ByteString, port: ByteString) {
        switch endpoint {
        case .ip(let address, let port): (ByteString("\(address)"), ByteString("\(port)"))
        case .vsock(let address): (ByteString("\(address.cid)"), ByteString("\(address.port)"))
        case .unix(.path(let path)): (path, "")
        case .unix(.abstract(let name)): (ByteString(bytes: [UInt8(ascii: "@")] + name.bytes), "")
        case .unix(.unnamed), nil: ("", "")
        }
    }
}
