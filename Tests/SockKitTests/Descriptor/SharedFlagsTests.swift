import Testing

@testable import SockKit

/// O_NONBLOCK belongs to the open file: whoever shares a socket that was given finds it as it was, however our use of it ends.
@Suite(.timeLimit(.minutes(2))) struct SharedFlagsTests {
    enum End: String, CaseIterable, Sendable {
        case closed, released, abandoned, unwatched
    }

    @Test func `a close that lingers ends nothing for others who hold the socket`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let given = try FileCalls.duplicate(pair.server.number).release()
            var options = SocketOptions()
            options.linger = .seconds(1)
            guard case .connection(let connection) = try GivenSocket(adopting: given, options: options) else {
                Issue.record("it is a connection")
                return
            }
            connection.close()
            await LingeringCloses.finish()
            try await pair.server.write("still")
            #expect(try await pair.client.readText() == "still")
            pair.close()
        }
    }

    @Test(arguments: End.allCases) func `calls on a socket that others hold wait again`(end: End) async throws {
        try await onLoop {
            let given = try SocketCalls.socket(.inet, .datagram).release()
            let theirs = try FileCalls.duplicate(given).release()
            try FileCalls.setNonBlocking(false, theirs)
            if end == .unwatched {
                let faults = FaultSwitch.install("epoll_ctl", on: given, [.noSpace])
                defer { faults.remove() }
                do throws(NetworkError) {
                    _ = try GivenSocket(adopting: given)
                    Issue.record("this should have failed")
                } catch {
                    #expect(error.errno == .noSpace)
                }
            } else {
                let socket = try GivenSocket(adopting: given)
                guard case .datagrams(let datagrams) = socket else {
                    Issue.record("it is a socket of datagrams")
                    return
                }
                #expect(try FileCalls.isNonBlocking(theirs))
                switch end {
                case .closed, .unwatched: datagrams.close()
                case .released: _ = datagrams.descriptor.release()
                case .abandoned:
                    socket.leaveAsFound()
                    // It is open still: its end would do the same.
                    #expect(try !FileCalls.isNonBlocking(theirs))
                    datagrams.close()
                }
            }
            #expect(try !FileCalls.isNonBlocking(theirs))
            try FileDescriptor(adopting: theirs).close()
        }
    }
}
