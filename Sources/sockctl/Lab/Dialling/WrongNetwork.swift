import SockKit

/// Networks that do not fit their address, or do not exist.
enum WrongNetwork: Experiment {
    static let title = "A network that does not fit the address fails before there is a socket"
    static let covers = [26, 27]
    static let documents = [SourceDocument.processes, .internals]
    static let claim = """
        "tcp" takes the version of IP from the address; "tcp4" and "tcp6" allow only one. An unknown network is rejected \
        with an error.
        """
    static let question = "What do tcp, tcp4 and tcp6 make of an address, and who notices an unknown name?"

    static let expectations = [
        Expectation(
            says: "tcp adapts to the address.",
            here: "tcp to 127.0.0.1 made a socket of the domain {tcp}",
            why: "The address is read first, and the socket is made in its domain.",
            holds: .equal("tcp", "AF_INET")),
        Expectation(
            says: "tcp4 and tcp6 restrict it.",
            here: "tcp6 to 127.0.0.1 and tcp4 to [::1] met {tcp6} and {tcp4}; socket(2) was called {sockets:time}",
            why: """
                No address is left that the network allows. Nothing was sent, so the error comes at once and is the \
                same with and without a network cable.
                """,
            holds: .equal("tcp6", "no-suitable-address"), .equal("tcp4", "no-suitable-address"),
            .equal("sockets", 0)),
        Expectation(
            says: "An unknown network is an error.",
            here: "foo://127.0.0.1:80 met: {unknown}",
            why: """
                Go takes the network as a string and finds out when the program runs. Here it is a type of nine values: \
                only where text comes in can there be an unknown one.
                """,
            holds: .isTrue("is unknown")),
    ]

    static let commands = """
        1$ sockctl dial tcp6://127.0.0.1:3000
        sockctl: dial tcp6: address 127.0.0.1: no suitable address
        hint: the network and the address are of different families
        1$ echo $?
        68
        """

    static let lesson = """
        Use tcp unless you have a reason. tcp4 and tcp6 are for tests, and for hosts whose other family is broken.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        await stage.step("Clients dial 127.0.0.1 and [::1] with networks that fit, and that do not")
        let listener = try await stage.server.listen()
        let sockets = Seen<Int32>()
        let dialer = Dialer(timeout: .seconds(5), control: { socket, _, _ throws(Errno) in sockets.add(socket.number) })
        let client = try await stage.client.dial(listener)
        let domain = client.connection.socketFacts?.pairs.first { $0.name == "domain" }?.value ?? ""
        stage.kernel.says("the client's socket: \(domain)", source: "SO_DOMAIN")
        stage.found("tcp", .text(domain))
        for (network, host) in [(Network.tcp6, "127.0.0.1"), (.tcp4, "[::1]")] {
            let error = try await stage.failure { () async throws(Interruption) in
                try await stage.client.dial(network, "\(host):\(listener.port)", dialer)
            }
            stage.found(network.rawValue, .text(error?.code ?? "connected"))
        }
        stage.found("sockets", .number(sockets.all.count))

        await stage.step("A network that nobody knows")
        var message = "it was taken"
        do throws(AddressError) {
            _ = try Destination.parse("foo://127.0.0.1:80", role: .dialing)
        } catch {
            message = error.message
        }
        stage.client.note("foo://127.0.0.1:80: \(message)")
        stage.found("unknown", .text(message))
        stage.found("is unknown", .flag(message.hasPrefix("unknown network foo")))
    }
}
