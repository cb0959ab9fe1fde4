import Testing

@testable import SockKit

@Suite struct BusyPollingTests {
    @Test func `it never looks unless it was told how long`() {
        var polling = BusyPolling()
        for _ in 0..<100 { polling.note(sleep: 0) }
        #expect(!polling.isOn && !polling.watchesSleeps)
    }

    @Test func `it goes on as long as it pays`() {
        var polling = BusyPolling(span: 1000)
        for round in 0..<1000 {
            #expect(polling.isOn)
            polling.note(hasPaid: round % 3 == 2)
        }
    }

    @Test func `three looks in vain end it, and eight short sleeps in a row begin it again`() {
        var polling = BusyPolling(span: 1000)
        for _ in 0..<4 { polling.note(hasPaid: true) }
        for _ in 0..<3 { polling.note(hasPaid: false) }
        #expect(!polling.isOn)
        for sleep in [1, 1, 1, 1, 1, 1, 1, 5000, 1, 1, 1, 1, 1, 1, 1] { polling.note(sleep: Int64(sleep)) }
        #expect(!polling.isOn, "a long sleep came between them")
        polling.note(sleep: 999)
        #expect(polling.isOn)
    }

    @Test func `where it never pays it is begun less and less`() {
        var polling = BusyPolling(span: 1000)
        var looks = 0
        for _ in 0..<20_000 {
            if polling.isOn {
                looks += 1
                polling.note(hasPaid: false)
            } else {
                polling.note(sleep: 10)
            }
        }
        #expect(looks < 50)
    }

    @Test func `who has nothing to do sleeps`() {
        var polling = BusyPolling(span: 1000)
        for _ in 0..<3 { polling.note(hasPaid: false) }
        for _ in 0..<1000 {
            polling.note(sleep: 100_000)
            #expect(!polling.isOn)
        }
    }

    @Test(arguments: [Duration.zero, .microseconds(200)])
    func `what was waited for comes, whether the loop looks for it or sleeps`(span: Duration) async throws {
        try await onLoop {
            Netpoller.setBusyPolling(span)
            defer { Netpoller.setBusyPolling(.zero) }
            let listener = try await ListenConfiguration().listen(.tcp, "127.0.0.1:0")
            let near = try await Dialer().dial(.tcp, "\(listener.endpoint)")
            let far = try await listener.accept()
            for _ in 0..<20 {
                try await near.write("a")
                #expect(try await far.discard() == 1)
            }
            let start = Deadline.now
            await Netpoller.sleep(for: .milliseconds(20))
            #expect(.now - start >= .milliseconds(20))
            for connection in [near, far] { connection.close() }
            listener.close()
        }
    }
}
