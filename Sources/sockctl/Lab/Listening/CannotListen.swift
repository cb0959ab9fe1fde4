import SockKit

/// A server that is not allowed to start, or not at that address.
enum CannotListen: Experiment {
    static let title = "A low port needs a right, and an address has to be the machine's own"
    static let covers = [7]
    static let documents = [SourceDocument.basics]
    static let claim = """
        A server does not start where its port is taken, where something forbids it, or where the program lacks the \
        permission for the port.
        """
    static let question = "What does listen say of a port below the limit, and of an address of another machine?"

    static let expectations = [
        Expectation(
            says: "For some ports a server needs a permission.",
            here: """
                ports from {first free} on are for everyone; this process has the capability CAP_NET_BIND_SERVICE: \
                {capable}; at port {low port} listen met {low}, and at port 0 (any) {high}
                """,
            why: """
                Below net.ipv4.ip_unprivileged_port_start a bind needs CAP_NET_BIND_SERVICE, or it meets EACCES. root \
                usually has it, other users do not (capabilities(7)): so who runs this decides which answer is seen. \
                In a container it counts only if the network is the container's too.
                """,
            holds: .equal("low", to: "expected"), .equal("high", "no error")),
        Expectation(
            here: "the address 203.0.113.1, which is not this machine's, met {foreign} at {foreign call}",
            why: """
                A socket can only be bound to an address that an interface has, or to "every address". This is what a \
                server meets whose configuration was copied from another machine, unless net.ipv4.ip_nonlocal_bind \
                allows any address: here it is {nonlocal}.
                """,
            holds: .equal("foreign", to: "foreign expected"), .equal("foreign call", "bind")),
    ]

    static let commands = """
        1$ sockctl listen tcp4://203.0.113.1:3000
        sockctl: listen tcp4 203.0.113.1:3000: bind: cannot assign requested address
        hint: that address is not one of this machine's; look at: ip address
        1$ echo $?
        73
        """

    static let lesson = """
        Three errors of bind tell three stories: EADDRINUSE, somebody has it; EACCES, you may not; EADDRNOTAVAIL, the \
        address is not here.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let firstFree = number(in: "/proc/sys/net/ipv4/ip_unprivileged_port_start") ?? 1024
        let isCapable = capabilities & (1 << 10) != 0
        stage.found("first free", .number(firstFree))
        stage.found("capable", .flag(isCapable))
        let isOpen = firstFree <= 1
        await stage.step(isOpen ? "A server wants a low port" : "A server wants a port below \(firstFree)")
        let rule = isOpen ? "no port needs a right" : "below \(firstFree) a right is needed"
        stage.kernel.says(rule, source: "sysctl")
        stage.kernel.says("CAP_NET_BIND_SERVICE: \(isCapable ? "yes" : "no")", source: "/proc/self/status")
        // One that nobody has. The right is looked at before that.
        var (port, low) = (1, "EADDRINUSE")
        while low == "EADDRINUSE", port < 20 {
            low = try await outcome(stage, "127.0.0.1:\(port)").code
            port += 1
        }
        stage.found("low port", .number(port - 1))
        stage.found("low", .text(low))
        stage.found("expected", .text(expected(low, at: port - 1, firstFree, isCapable)))
        stage.found("high", .text(try await outcome(stage, "127.0.0.1:0").code))

        await stage.step("A server wants an address of another machine")
        let foreign = try await outcome(stage, "203.0.113.1:0")
        stage.found("foreign", .text(foreign.code))
        stage.found("foreign call", .text(foreign.call))
        let nonlocal = number(in: "/proc/sys/net/ipv4/ip_nonlocal_bind") ?? 0
        stage.found("nonlocal", .number(nonlocal))
        stage.found("foreign expected", .text(nonlocal == 0 ? "EADDRNOTAVAIL" : "no error"))
    }

    /// What a bind to a low port should have met, where it met `low`.
    static func expected(_ low: String, at port: Int, _ firstFree: Int, _ isCapable: Bool) -> String {
        if firstFree <= port { return "no error" }
        guard isCapable else { return "EACCES" }
        // In a user namespace the capability may be worth nothing: it has to be one over the network's namespace.
        let map = ((try? FileCalls.contents(of: "/proc/self/uid_map")) ?? "").split(whereSeparator: \.isWhitespace)
        return map != ["0", "0", "4294967295"] && low == "EACCES" ? low : "no error"
    }

    @Netpoller
    private static func outcome(
        _ stage: Stage, _ address: String
    ) async throws(Interruption) -> (code: String, call: String) {
        var listener: LabListener?
        let error = try await stage.failure { () async throws(Interruption) in
            listener = try await stage.server.listen(.tcp, address)
        }
        listener?.listener.close()
        return (error?.code ?? "no error", error == nil ? "bind" : error?.call ?? "")
    }

    private static func number(in file: String) -> Int? {
        (try? FileCalls.contents(of: file)).flatMap { Int($0.prefix { !$0.isWhitespace }) }
    }

    /// The rights that the process has now, a bit each.
    private static var capabilities: UInt64 {
        let lines = ((try? FileCalls.contents(of: "/proc/self/status")) ?? "").split(separator: "\n")
        let line = lines.first { $0.hasPrefix("CapEff:") }
        return line.flatMap { UInt64($0.dropFirst(7).filter { !$0.isWhitespace }, radix: 16) } ?? 0
    }
}
