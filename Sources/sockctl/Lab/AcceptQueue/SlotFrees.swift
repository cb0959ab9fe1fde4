import SockKit

/// When a dial that waits for a slot gets it.
enum SlotFrees: Experiment {
    static let title = "A freed slot is taken at the next SYN, and not when the server accepts"
    static let covers = [17, 30]
    static let documents = [SourceDocument.basics, .server]
    static let claim = """
        A dial that waits at a full queue returns as soon as the server has accepted one connection and so freed a \
        slot. A dial across a slow network blocks, and may time out.
        """
    static let question = "The queue is full and a dial waits. The server accepts one. When does the dial return?"

    static let expectations = [
        Expectation(
            says: "The dial returns when a slot becomes free.",
            here: "the slot was free after {freed}, the dial returned after {took}: the SYN was sent {syns} times",
            why: """
                The kernel of the server keeps no list of those who wait: it has forgotten the dropped SYN. The client's \
                kernel sends it again after {retransmission} (RFC 6298, tcp_syn_retries), and that one finds the slot.
                """, document: .wrongOnLinux,
            holds: .about("took", "retransmission"), .less("freed", than: "took"), .atLeast("syns", 2)),
        Expectation(
            says: "A dial blocks as long as the handshake takes.",
            here: "in between the client's socket was in {state}; the dial ended with the error {error}",
            why: """
                To the client a full queue, a lost packet and a slow network are the same: an answer that is not there \
                yet. The further SYNs would have followed at {schedule}.
                """,
            holds: .equal("state", "SYN-SENT"), .equal("error", "nil")),
    ]

    static let commands = """
        1$ sockctl backlog-probe --backlog 1 --dials 3 --accept-every 300ms --timeout 5s
        ...
          1.01 s  dial 3: connected after 1.01 s, when its SYN came again, 711 ms after the accept at 300 ms that made room
        ...
        """

    static let lesson = """
        A dial that takes a whole number of seconds and a little more has probably lost a SYN: 1, 2, 3, 4, 5, 7 and so \
        on since Linux 6.5, before that 1, 3, 7. Such numbers in a log speak of full queues or lost packets.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let schedule = KernelSettings.now.synSchedule ?? SYNSchedule(retries: 6, linearTimeouts: 0)
        let moments = schedule.retransmissions
        try stage.require(!moments.isEmpty, else: "net.ipv4.tcp_syn_retries is 0 here: no SYN is sent twice")
        stage.found("retransmission", .span(moments[0]))
        stage.found("schedule", .text(moments.dropFirst().prefix(4).map(Quantity.duration).joined(separator: ", ")))

        await stage.step("Two clients fill a queue with a backlog of 1")
        let listener = try await stage.server.listen(backlog: 1)
        for number in 1...2 {
            _ = try await stage.client.dial(listener)
            await stage.kernel.queues(number, on: listener)
        }

        await stage.step("A third one dials; then the server accepts")
        let socket = Seen<Int32>()
        let start = Deadline.now
        let dialler = Dialer(
            timeout: .seconds(20), control: { raw, _, _ throws(Errno) in socket.add(raw.number) })
        let dialling = stage.go { () async -> (Result<LabConnection, Interruption>, Duration) in
            let result: Result<LabConnection, Interruption>
            do throws(Interruption) { result = .success(try await stage.client.dial(listener, dialler)) } catch {
                result = .failure(error)
            }
            return (result, .now - start)
        }
        await stage.pause(.milliseconds(150))
        let info = try? TCPInfoCalls.information(of: socket.first ?? -1)
        let state = info.flatMap { TCPInfo.State(rawValue: $0.state) }.map { "\($0)" } ?? "gone"
        stage.kernel.says("the third client: \(state)", source: "TCP_INFO")
        stage.found("state", .text(state))
        _ = try await listener.accept()
        stage.found("freed", .span(.now - start))
        stage.kernel.queue(listener)
        let (result, took) = await dialling.value
        stage.found("took", .span(took))
        guard case .success(let connection) = result else {
            return stage.found("error", "a failure")
        }
        stage.found("error", "nil")
        let again = connection.connection.tcpInfo?.retransmits ?? 0
        stage.kernel.says("SYN sent again: \(again)", source: "TCP_INFO")
        stage.found("syns", .number(again + 1))
    }
}
