import SockKit

/// How many connections are kept, and how many there may be.
enum IdlePool: Experiment {
    static let title = "Five requests at once make five connections, and two of them are kept"
    static let covers = [114]
    static let documents = [SourceDocument.processes]
    static let claim = """
        A transport keeps idle connections: at most 100 over all servers (MaxIdleConns) and 2 to each (MaxIdleConnsPerHost). \
        MaxConnsPerHost limits all connections to a server, idle or not; by default there is no limit.
        """
    static let question =
        "Five requests go out at once. How many connections do they make, and how many are left afterwards?"

    static let expectations = [
        Expectation(
            says: "To each server 2 idle connections are kept.",
            here: "{requests} requests at once came over {ports:connection}; afterwards the server had {left}",
            why: """
                A connection serves one request at a time, so five at once need five. When they are done only as many are kept \
                as MaxIdleConnsPerHost says; the others are closed at once.
                """,
            holds: .equal("ports", 5), .equal("left", 2)),
        Expectation(
            says: "MaxConnsPerHost limits all connections to a server.",
            here:
                "with a limit of 2, five requests at once came over {limited ports:connection}, and all {answered} were answered",
            why:
                "Requests without a connection wait until another one is done, so the server never sees more than two at a time.",
            holds: .equal("limited ports", 2), .equal("answered", 5)),
        Expectation(
            says: "MaxIdleConns limits the idle connections to all servers together.",
            here: "with a limit of 1, after one request to each of two servers {kept all:connection} was left in all",
            why: "The one that has been idle for the longest time has to go when another one is to be kept.",
            holds: .equal("kept all", 1)),
    ]

    static let commands = """
        1$ sockctl http-serve 3000
        ...
        2$ sockctl http-get --repeat 20 --parallel 5 http://127.0.0.1:3000/time
        answered            20
        new connections     5
        reused connections  15
        ...
        """

    static let lesson = """
        A client that sends much to one server needs a larger idle pool than 2: otherwise most of its connections are made anew \
        again and again. A limit on all connections protects the server from it.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        await stage.step("Five requests at once; the server answers when all five have come")
        let gate = Gate(5)
        let web = try await stage.server.serve(
            LabHandler { exchange throws(NetworkError) in
                await gate.pass()
                try await exchange.respond(200, body: Array("ok".utf8))
            })
        let client = HTTPClient()
        let answers = await five(stage, client, web)
        stage.found("requests", 5)
        stage.found("ports", .number(Set(answers.map(\.port)).count))
        _ = await stage.until { web.server.connections == 2 }
        stage.server.note("\(web.server.connections) connections are left")
        stage.found("left", .number(web.server.connections))

        await stage.step("The same with at most 2 connections to a server")
        let other = try await stage.server.serve(BuiltInPaths())
        var rules = TransportRules()
        rules.maxConnsPerHost = 2
        let limited = HTTPClient(transport: Transport(rules: rules))
        let rest = await five(stage, limited, other)
        stage.found("limited ports", .number(Set(rest.map(\.port)).count))
        stage.found("answered", .number(rest.count))

        await stage.step("One request to each of two servers, and 1 connection may be kept in all")
        rules = TransportRules()
        rules.maxIdleConns = 1
        let frugal = HTTPClient(transport: Transport(rules: rules))
        let (one, two) = (try await stage.server.serve(BuiltInPaths()), try await stage.server.serve(BuiltInPaths()))
        for web in [one, two] { _ = try await stage.client.get(frugal, web.url("/time")) }
        _ = await stage.until { one.server.connections + two.server.connections == 1 }
        let kept = one.server.connections + two.server.connections
        stage.server.note("\(Quantity.count(kept, "connection")) left, over both servers")
        stage.found("kept all", .number(kept))
        withExtendedLifetime((client, limited, frugal)) {}
    }

    @Netpoller
    private static func five(_ stage: Stage, _ client: HTTPClient, _ web: LabWeb) async -> [LabAnswer] {
        let going = (1...5).map { number in
            stage.go { try? await stage.client.get(client, web.url("/time?\(number)")) }
        }
        var answers: [LabAnswer] = []
        for one in going { if let answer = await one.value { answers.append(answer) } }
        return answers
    }

    /// Lets nobody through before so many have come.
    @Netpoller
    private final class Gate {
        private var missing: Int

        nonisolated init(_ count: Int) { missing = count }

        func pass() async {
            missing -= 1
            while missing > 0, await Netpoller.sleep(for: .milliseconds(1)) {}
        }
    }
}
