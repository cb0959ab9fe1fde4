import Glibc
import SockKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct ReadingTests {
    @Test func `a read gives what is there, at most the buffer, and the rest next time`() async throws {
        try await onLoop {
            let pair = try await loopback()
            try await pair.client.write("hi")
            #expect(try await pair.server.readText(upTo: 10) == "hi")
            try await pair.client.write("0123456789ABCDE")
            try await pair.server.waitUntilReceived(15)
            #expect(try await pair.server.readText(upTo: 10) == "0123456789")
            #expect(try await pair.server.readText(upTo: 10) == "ABCDE")
            pair.close()
        }
    }

    @Test func `an empty buffer reads nothing at once, which is not the end`() async throws {
        try await onLoop {
            let pair = try await loopback()
            #expect(try await pair.server.read(upTo: 0).isEmpty)
            try await pair.client.write("data")
            #expect(try await pair.server.read(upTo: 0).isEmpty)
            #expect(try await pair.server.readText() == "data")
            pair.close()
        }
    }

    @Test(arguments: [Network.tcp, .unix])
    func `after the peer's end come the bytes before it, then 0 for ever`(network: Network) async throws {
        try await onLoop {
            let pair = try await loopback(network)
            try await pair.client.write("last")
            pair.client.close()
            #expect(try await pair.server.readText() == "last")
            for _ in 0..<3 { #expect(try await pair.server.read(upTo: 10).isEmpty) }
            pair.close()
        }
    }

    @Test func `an end that comes while the reader waits wakes it`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let reader = Netpoller.spawn { try await pair.server.readText() }
            await letOthersRun()
            try pair.client.closeWrite()
            #expect(try await reader.value == "")
            // Half closed: the other direction goes on.
            try await pair.server.write("still here")
            #expect(try await pair.client.readText() == "still here")
            pair.close()
        }
    }

    @Test(arguments: [1, 1000, 65536, 65537, 1_000_000])
    func `every byte arrives, in order, in reads of any size`(count: Int) async throws {
        let bytes = noise(count)
        try await onLoop {
            let pair = try await loopback()
            let writer = Netpoller.spawn {
                try await pair.client.write(bytes)
                try pair.client.closeWrite()
            }
            #expect(try await pair.server.readAll() == bytes)
            try await writer.value
            pair.close()
        }
    }

    @Test func `a chunk is lent memory: what it holds is what came, at most what was asked`() async throws {
        try await onLoop {
            let pair = try await loopback()
            try await pair.client.write("abcdef")
            try await pair.server.waitUntilReceived(6)
            let first = try await pair.server.readChunk(maximum: 4)
            let second = try await pair.server.readChunk()
            #expect(first.count == 4 && second.count == 2 && !second.isEmpty)
            #expect(first.copy() == Array("abcd".utf8))
            #expect(second.withBytes { $0.count } == 2)
            first.giveBack()
            try await pair.server.write(second)
            second.giveBack()
            #expect(try await pair.client.readText() == "ef")
            pair.client.close()
            #expect(try await pair.server.readChunk().isEmpty)
            pair.close()
        }
    }

    @Test func `bytes behind a descriptor that a Unix peer sent along are read as well`() async throws {
        try await onLoop {
            let pair = try await loopback(.unix)
            try sendWithDescriptor("one", over: pair.client.number)
            try await pair.client.write("two")
            // By then the loop has had the event for both.
            await Netpoller.sleep(for: .milliseconds(5))
            // The kernel ends a read at the descriptor, although there is more.
            pair.server.readDeadline = .now + .milliseconds(500)
            #expect(try await pair.server.readAll(6) == Array("onetwo".utf8))
            pair.close()
        }
    }

    @Test func `memory is lent again only once it was given back`() async throws {
        try await onLoop {
            let pair = try await loopback()
            try await pair.client.write("one")
            let kept = try await pair.server.readChunk()
            try await pair.client.write("two")
            let other = try await pair.server.readChunk()
            #expect(kept.copy() == Array("one".utf8) && other.copy() == Array("two".utf8))
            pair.close()
        }
    }
}

/// Sends text together with a duplicate of standard error (SCM_RIGHTS, unix(7)).
private func sendWithDescriptor(_ text: String, over socket: Int32) throws {
    // struct cmsghdr: length, level, type; then the descriptor, padded to whole words.
    var control: [UInt64] = [20, UInt64(SOL_SOCKET) | 1 << 32, 2]
    var bytes = Array(text.utf8)
    let count = bytes.count
    let sent = unsafe bytes.withUnsafeMutableBytes { data in
        unsafe control.withUnsafeMutableBytes { room in
            var part = unsafe iovec(iov_base: data.baseAddress, iov_len: count)
            return unsafe withUnsafeMutablePointer(to: &part) { parts in
                var message = unsafe msghdr()
                unsafe message.msg_iov = parts
                unsafe message.msg_iovlen = 1
                unsafe message.msg_control = room.baseAddress
                unsafe message.msg_controllen = 24
                return unsafe sendmsg(socket, &message, 0)
            }
        }
    }
    guard sent == count else { throw HarnessError("sendmsg") }
}
