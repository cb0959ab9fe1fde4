import Glibc
@testable import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct ClosingTests {
    @Test func `close wakes the reader, the writer and those in line`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let readers = (0..<3).map { _ in Netpoller.spawn { _ = try await pair.client.read(upTo: 1) } }
            // More than the kernel takes while nobody reads.
            let writers = (0..<3).map { _ in
                Netpoller.spawn { try await pair.client.write([UInt8](repeating: 1, count: 32 << 20)) }
            }
            await letOthersRun()
            let time = try await elapsed {
                pair.client.close()
                for task in readers + writers {
                    let error = try await failure { try await task.value }
                    #expect(error.cause == .closed && error.code == "closed")
                    #expect(error.description.hasSuffix(": use of closed network connection"))
                }
            }
            #expect(time < patience)
            pair.close()
        }
    }

    @Test func `closing twice is harmless, and closes the descriptor once`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let watch = FaultSwitch.install("close", on: pair.client.number)
            defer { watch.remove() }
            pair.client.close()
            pair.client.close()
            pair.client.reset()
            #expect(watch.calls == 1)
            pair.close()
        }
    }

    @Test func `after close everything fails with closed, and the ends are still known`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let (near, far) = (pair.client.localEndpoint, pair.client.remoteEndpoint)
            pair.close()
            let failures = [
                try await failure { _ = try await pair.client.read(upTo: 1) },
                try await failure { try await pair.client.write("x") },
                try await failure { try pair.client.closeWrite() },
            ]
            #expect(failures.allSatisfy { $0.isClosed })
            #expect(pair.client.localEndpoint == near && pair.client.remoteEndpoint == far)
            #expect(failures[0].description == "read tcp \(near)->\(far): use of closed network connection")
        }
    }

    @Test func `a descriptor that nobody holds any more is closed`() async throws {
        try await onLoop {
            let number: Int32
            let peer: Connection
            let watch: FaultSwitch
            do {
                let pair = try await loopback()
                number = pair.client.number
                peer = pair.server
                watch = FaultSwitch.install("close", on: number)
            }
            defer { watch.remove() }
            #expect(try await peer.readText() == "")
            #expect(watch.calls == 1)
            peer.close()
        }
    }

    @Test func `an event of a closed descriptor does not reach the one that got its number and slot`() async throws {
        try await onLoop {
            var reused = 0
            for _ in 0..<20 {
                let old = try await loopback()
                let fresh = try await loopback()
                // A duplicate keeps the old socket among those that epoll watches, although its number is another's.
                let number = old.server.number
                let copy = try duplicate(number, as: 3)
                old.server.close()
                let heir = try PolledDescriptor(adopting: duplicate(fresh.server.number, as: number))
                // Tests that run beside this one may have been quicker; then this round shows nothing.
                reused += heir.number == number ? 1 : 0
                await Netpoller.sleep(until: .past)
                heir.noteBlocked(.read)
                try await old.client.write("stale")
                let waiter = Netpoller.spawn { try await heir.waitUntilReady(.read) }
                await letOthersRun()
                heir[deadline: .read] = .now + .milliseconds(2)
                await #expect(throws: DescriptorFailure.deadlineExceeded) { try await waiter.value }
                heir.close()
                try copy.close()
                old.close()
                fresh.close()
            }
            #expect(reused > 0)
        }
    }

    @Test func `a descriptor that the loop cannot watch is an error, and its slot is used again`() async throws {
        try await onLoop {
            let socket = try SocketCalls.socket(.inet, .stream)
            let faults = FaultSwitch.install("epoll_ctl", on: socket.rawValue, [.noSpace])
            defer { faults.remove() }
            do throws(Errno) {
                _ = try PolledDescriptor(adopting: socket)
                Issue.record("this should have failed")
            } catch {
                #expect(error == .noSpace)
            }
            let pair = try await loopback()
            try await pair.client.write("x")
            #expect(try await pair.server.readText() == "x")
            pair.close()
        }
    }
}

/// A duplicate with this number, if it is free: the lowest free one from there on.
private func duplicate(_ descriptor: Int32, as number: Int32) throws -> FileDescriptor {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, number)
    try #require(copy >= 0)
    return FileDescriptor(adopting: copy)
}

extension PolledDescriptor {
    fileprivate var number: Int32 { (try? withNumber { $0 }) ?? -1 }
}
