import SockKit

/// Asking before sending much.
enum ExpectContinue: Experiment {
    static let title = "Expect: 100-continue asks for permission, and does not wait for it for ever"
    static let covers = [113]
    static let documents = [SourceDocument.processes]
    static let claim = """
        Before it sends a large body a client may send "Expect: 100-continue" and wait for the server's word, by default for 1 \
        second. If that limit is 0 or less, the body is sent at once.
        """
    static let question = "When does the body come, if the server permits it, says nothing, or is not waited for?"

    static let expectations = [
        Expectation(
            says: "The client waits for the server's permission.",
            here:
                "the head came alone ({head alone}); after 100 Continue the body came within {permitted}, of a limit of {long limit}",
            why: "A server that refuses, because of the size or the password, spares both sides the body.",
            holds: .isTrue("head alone"), .less("permitted", than: "long limit")),
        Expectation(
            says: "It waits no longer than ExpectContinueTimeout.",
            here: "a server that said nothing had the body after {unasked}",
            why: "Old servers do not know the field. So the wait is limited, and what follows is an ordinary request.",
            holds: .about("unasked", "limit")),
        Expectation(
            says: "With a limit of 0 the body is sent at once.",
            here: "with 0 the server had head and body after {at once}, without having said anything",
            why: "The field is still sent, but nobody waits for an answer to it.",
            holds: .less("at once", than: "half the default"), .isTrue("body came")),
    ]

    static let commands = """
        1$ sockctl http-serve 3000
        ...
        2$ sockctl http-get -v -H 'Expect: 100-continue' -d 'a body' http://127.0.0.1:3000/echo
        > Expect: 100-continue
        < HTTP/1.1 100 Continue
        < HTTP/1.1 200 OK
        ...
        """

    static let lesson = """
        Ask first when the body is large and a refusal is likely. The permission is a courtesy, and no server is bound to give \
        it: that is why the wait has an end.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let limit = stage.span(.milliseconds(120), document: .seconds(1))
        stage.found("limit", .span(limit))
        stage.found("long limit", .span(.seconds(5)))
        let half = Duration.milliseconds(500)
        stage.found("half the default", .span(half))
        let listener = try await stage.server.listen()

        await stage.step("A server that permits it")
        let permitted = try await post(stage, listener, waiting: .seconds(5), permits: true)
        stage.found("head alone", .flag(permitted.headAlone))
        stage.found("permitted", .span(permitted.span))

        await stage.step("A server that says nothing, and a client that waits \(Quantity.duration(limit))")
        let unasked = try await post(stage, listener, waiting: limit, permits: false)
        stage.found("unasked", .span(unasked.span))

        await stage.step("A client that does not wait")
        var atOnce = try await post(stage, listener, waiting: .zero, permits: false)
        // What the machine is busy with may hold up an exchange: the quickest of three counts.
        for _ in 1...2 where atOnce.span >= half {
            let again = try await post(stage, listener, waiting: .zero, permits: false)
            if again.span < atOnce.span { atOnce = again }
        }
        stage.found("at once", .span(atOnce.span))
        stage.found("body came", .flag(atOnce.hasBody))
    }

    private struct Arrival {
        var headAlone = false
        var hasBody = false
        /// From the request, or from the permission, to the body.
        var span = Duration.zero
    }

    /// The client posts a body; when it came.
    @Netpoller
    private static func post(
        _ stage: Stage, _ listener: LabListener, waiting limit: Duration, permits: Bool
    ) async throws(Interruption) -> Arrival {
        var rules = TransportRules()
        rules.expectContinueTimeout = limit
        let client = HTTPClient(transport: Transport(rules: rules))
        let start = Deadline.now
        let asking = stage.go {
            try? await stage.client.get(
                client, "http://\(listener.endpoint)/upload", ["Expect": "100-continue"],
                body: .bytes(Array("the body".utf8)))
        }
        let server = try await listener.accept()
        let arrival = await receive(
            LabConnection(server.connection, of: stage.server.quiet), since: start, permits, stage)
        await server.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        _ = await asking.value
        return arrival
    }

    @Netpoller
    private static func receive(
        _ server: LabConnection, since start: Deadline, _ permits: Bool, _ stage: Stage
    ) async -> Arrival {
        var (arrival, start) = (Arrival(), start)
        var text = await server.read(4096).string
        arrival.headAlone = text.hasSuffix("\r\n\r\n")
        stage.server.note(arrival.headAlone ? "the head has come, alone" : "head and body have come")
        if permits {
            start = .now
            await LabConnection(server.connection, of: stage.server).write("HTTP/1.1 100 Continue\r\n\r\n")
        }
        while !text.hasSuffix("the body") {
            let more = await server.read(4096)
            guard more.count > 0 else { break }
            text += more.string
        }
        arrival.hasBody = text.hasSuffix("the body")
        arrival.span = .now - start
        if arrival.headAlone { stage.server.note("the body has come") }
        return arrival
    }
}
