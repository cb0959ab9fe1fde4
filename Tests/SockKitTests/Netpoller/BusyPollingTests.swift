import Testing

@testable import SockKit

@Suite struct BusyPollingTests {
    @Test func `it never looks unless it was told how long`() {
        var polling = BusyPolling()
        let tries = polling.isWorthwhile()
        #expect(!tries)
    }

    @Test func `it goes on as long as it pays`() {
        var polling = BusyPolling(span: 1000)
        for round in 0..<1000 {
            let tries = polling.isWorthwhile()
            #expect(tries)
            polling.note(hasPaid: round % 2 == 0)
        }
    }

    @Test func `where it never pays it is tried less and less, and begins anew when it does`() {
        var polling = BusyPolling(span: 1000)
        var tries = 0
        for _ in 0..<10_000 where polling.isWorthwhile() {
            tries += 1
            polling.note(hasPaid: false)
        }
        #expect(tries < 25)
        while !polling.isWorthwhile() {}
        polling.note(hasPaid: true)
        let isBack = polling.isWorthwhile()
        #expect(isBack)
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
