import SockKit

/// A deadline can be moved while somebody waits under it.
enum MovedDeadline: Experiment {
    static let title = "A deadline that is moved moves the read that waits under it"
    static let covers = [43]
    static let documents = [SourceDocument.server]
    static let claim = """
        SetReadDeadline may be called at any time. The zero time takes the deadline away: a read waits for ever then, \
        until data or the end comes.
        """
    static let question = "A read waits already. What does it see of a deadline that another task sets?"

    static let expectations = [
        Expectation(
            says: "The zero time means no deadline: the read waits as long as it takes.",
            here:
                "the read was begun with {deadline} to go, waited {waited}, and returned {count:byte} with the error {error}",
            why: """
                The deadline belongs to the connection and not to the read. Taking it away stops the timer that would \
                have woken the reader.
                """,
            holds: .equal("count", 4), .equal("error", "nil"), .about("waited", "deadline")),
        Expectation(
            here: "a read without a deadline waited; one in the past, set by another task, woke it with: {woken}",
            why: """
                A timer that has passed wakes whoever waits, at once. That is how a Go server ends a read from outside \
                without closing the connection; the kernel is not asked and the connection stays as it is.
                """,
            holds: .equal("woken", "timeout"), .equal("state", "ESTAB")),
    ]

    static let commands = """
        1$ sockctl listen 3000 --deadline none
        listening on 127.0.0.1:3000 (this machine only)
        late
        ...
        2$ (sleep 0.3; echo late) | sockctl dial 3000
        """

    static let lesson = """
        A deadline is a property of the connection: setting it concerns the reads that wait as well as those to come. A \
        deadline in the past is the way to call a waiting read back.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let deadline = stage.span(.milliseconds(400), document: .seconds(3))
        stage.found("deadline", .span(deadline))
        let listener = try await stage.server.listen()
        let client = try await stage.client.dial(listener)
        let server = try await listener.accept()

        await stage.step("A read waits under a deadline, and another task takes the deadline away")
        client.setReadDeadline(in: deadline)
        let late = stage.go { await client.read() }
        await stage.pause(.milliseconds(10))
        client.setReadDeadline(in: nil)
        await stage.pause(deadline + .milliseconds(20))
        await server.write("late")
        let reading = await late.value
        stage.found("waited", .span(reading.took))
        stage.found("count", .bytes(reading.count))
        stage.found("error", .text(reading.code))

        await stage.step("A read waits without a deadline, and another task sets one in the past")
        let endless = stage.go { await client.read() }
        await stage.pause(.milliseconds(20))
        client.setReadDeadline(in: .zero)
        stage.found("woken", .text(await endless.value.code))
        stage.found("state", .text(stage.kernel.state(client)))
    }
}
