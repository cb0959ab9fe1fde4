import SockKit
import Testing

/// What a reader makes of bytes that come `step` at a time, and how many of them it takes.
private func read<Message: SOCKSMessage>(
    _ type: Message.Type, _ bytes: [UInt8], step: Int = 1
) throws(SOCKSFault) -> (message: Message?, taken: Int, reader: SOCKSReader<Message>) {
    var reader = SOCKSReader<Message>()
    var taken = 0
    while taken < bytes.count, reader.message == nil {
        let end = min(taken + step, bytes.count)
        let piece = Array(bytes[taken..<end])
        taken += try reader.push(piece.span)
    }
    return (reader.message, taken, reader)
}

/// That a message is these bytes, both ways, however they come, and that what follows is left alone.
private func expect<Message: SOCKSMessage>(
    _ message: Message, is bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
) throws {
    #expect(message.bytes == bytes, sourceLocation: sourceLocation)
    for step in [1, 2, 3, 7, bytes.count + 5] {
        let found = try read(Message.self, bytes + [0, 1, 65, 66, 0], step: step)
        #expect(found.message == message, "\(step) at a time", sourceLocation: sourceLocation)
        #expect(found.taken == bytes.count, "\(step) at a time", sourceLocation: sourceLocation)
        #expect(found.reader.missing == 0 && found.reader.fault == nil, sourceLocation: sourceLocation)
    }
    for count in 1..<bytes.count {
        let part = try read(Message.self, Array(bytes.prefix(count)))
        #expect(part.message == nil && part.reader.missing > 0, sourceLocation: sourceLocation)
        #expect(part.reader.missing <= bytes.count - count, "\(count) bytes", sourceLocation: sourceLocation)
        #expect(part.reader.fault?.reason == .cut(count), sourceLocation: sourceLocation)
    }
}

private func fault<Message: SOCKSMessage>(_ type: Message.Type, _ bytes: [UInt8]) -> String? {
    do throws(SOCKSFault) {
        _ = try read(type, bytes)
        return nil
    } catch {
        return "\(error.message.code): \(error)"
    }
}

@Suite struct SOCKSMessageTests {
    private static let name = SOCKSName("example.org")!
    private static let nameBytes = Array("example.org".utf8)

    @Test func `a SOCKS4 request is its fixed part, the user and a zero`() throws {
        let place = SOCKSDestination(IPAddress(v4: 192, 0, 2, 1), port: 80)
        try expect(SOCKS4Request(.connect, place)!, is: [4, 1, 0, 80, 192, 0, 2, 1, 0])
        try expect(
            SOCKS4Request(.bind, place, user: Array("me".utf8))!, is: [4, 2, 0, 80, 192, 0, 2, 1, 109, 101, 0])
    }

    @Test func `a SOCKS4a request has the host's name behind the user`() throws {
        let place = SOCKSDestination(Self.name, port: 443)
        let head: [UInt8] = [4, 1, 1, 187, 0, 0, 0, 1]
        try expect(SOCKS4Request(.connect, place)!, is: head + [0] + Self.nameBytes + [0])
        try expect(SOCKS4Request(.connect, place, user: [120])!, is: head + [120, 0] + Self.nameBytes + [0])
    }

    @Test func `SOCKS4 cannot carry an IPv6 address, nor one that would stand for a name`() {
        #expect(SOCKS4Request(.connect, SOCKSDestination(.v6Loopback, port: 1)) == nil)
        #expect(SOCKS4Request(.connect, SOCKSDestination(IPAddress(v4: 0, 0, 0, 9), port: 1)) == nil)
        #expect(SOCKS4Request(.bind, .none) != nil)
        #expect(SOCKS4Request(.bind, .none, user: [0]) == nil)
        #expect(SOCKS4Request(.bind, .none, user: Array(repeating: 65, count: 256)) == nil)
    }

    @Test func `a SOCKS4 reply is eight bytes, whose first is zero`() throws {
        let place = SOCKSDestination(IPAddress(v4: 10, 1, 2, 3), port: 513)
        try expect(SOCKS4Reply(.granted, bound: place), is: [0, 90, 2, 1, 10, 1, 2, 3])
        try expect(SOCKS4Reply(.rejected), is: [0, 91, 0, 0, 0, 0, 0, 0])
        #expect(
            SOCKS4Reply(.granted, bound: SOCKSDestination(.v6Loopback, port: 7)).bytes == [0, 90, 0, 7, 0, 0, 0, 0])
    }

    @Test func `a SOCKS5 greeting lists methods, and the choice is one of them`() throws {
        try expect(SOCKS5Greeting([.none, .password]), is: [5, 2, 0, 2])
        try expect(SOCKS5Greeting([]), is: [5, 0])
        try expect(SOCKS5Choice(.noneAcceptable), is: [5, 255])
    }

    @Test func `user and password have a length each, and either may be empty`() throws {
        let both = SOCKS5Password(user: Array("me".utf8), password: Array("pw".utf8))!
        try expect(both, is: [1, 2, 109, 101, 2, 112, 119])
        try expect(SOCKS5Password(user: [], password: [])!, is: [1, 0, 0])
        try expect(SOCKS5PasswordReply(isRight: true), is: [1, 0])
        try expect(SOCKS5PasswordReply(isRight: false), is: [1, 1])
        #expect(SOCKS5Password(user: Array(repeating: 65, count: 256), password: []) == nil)
    }

    @Test func `a SOCKS5 request names an address of either family or a host`() throws {
        let v4 = SOCKSDestination(IPAddress(v4: 127, 0, 0, 1), port: 80)
        try expect(SOCKS5Request(.connect, v4), is: [5, 1, 0, 1, 127, 0, 0, 1, 0, 80])
        let v6 = SOCKSDestination(.v6Loopback, port: 80)
        let loopback: [UInt8] = Array(repeating: 0, count: 15) + [1]
        try expect(SOCKS5Request(.bind, v6), is: [5, 2, 0, 4] + loopback + [0, 80])
        let named = SOCKSDestination(Self.name, port: 80)
        try expect(SOCKS5Request(.associate, named), is: [5, 3, 0, 3, 11] + Self.nameBytes + [0, 80])
    }

    @Test func `an unknown command is a request all the same, so that it can be answered`() throws {
        let found = try read(SOCKS5Request.self, [5, 9, 0, 1, 127, 0, 0, 1, 0, 80])
        #expect(found.message?.command.description == "command 9")
    }

    @Test func `a SOCKS5 reply tells an end, and a name without bytes is none`() throws {
        try expect(
            SOCKS5Reply(.succeeded, bound: SOCKSDestination(IPAddress(v4: 10, 0, 0, 1), port: 258)),
            is: [5, 0, 0, 1, 10, 0, 0, 1, 1, 2])
        try expect(SOCKS5Reply(.connectionRefused), is: [5, 5, 0, 1, 0, 0, 0, 0, 0, 0])
        let nameless = try read(SOCKS5Reply.self, [5, 0, 0, 3, 0, 0, 0, 1])
        #expect(nameless.message == SOCKS5Reply(.succeeded) && nameless.taken == 7)
    }

    @Test func `every reply code has its words`() {
        let words = (0...9).map { SOCKS5Reply.Code(rawValue: $0).description }
        #expect(
            words == [
                "succeeded", "general SOCKS server failure", "connection not allowed by ruleset", "network unreachable",
                "host unreachable", "connection refused", "TTL expired", "command not supported",
                "address type not supported", "reply code 9, which no standard has",
            ])
        #expect((90...94).map { SOCKS4Reply.Code(rawValue: $0).description }.last?.contains("no standard") == true)
        #expect(Set((90...93).map { SOCKS4Reply.Code(rawValue: $0).description }).count == 4)
    }

    @Test func `a mapped address goes as the IPv4 address that it stands for`() throws {
        let mapped = try #require(IPAddress("::ffff:10.0.0.1"))
        #expect(SOCKSDestination(mapped, port: 1) == SOCKSDestination(IPAddress(v4: 10, 0, 0, 1), port: 1))
        let bytes: [UInt8] = [5, 1, 0, 4] + Array(repeating: 0, count: 10) + [255, 255, 10, 0, 0, 1, 0, 1]
        #expect(try read(SOCKS5Request.self, bytes).message?.destination.description == "10.0.0.1:1")
    }

    @Test func `the longest names fit, and are read as they were written`() throws {
        let long = SOCKSName(String(repeating: "a", count: 255))!
        #expect(SOCKSName(String(repeating: "a", count: 256)) == nil && SOCKSName("") == nil && SOCKSName("a b") == nil)
        let user: [UInt8] = Array(repeating: 66, count: 255)
        let request = SOCKS4Request(.connect, SOCKSDestination(long, port: 1), user: user)!
        #expect(request.bytes.count == SOCKS4Request.longest)
        #expect(try read(SOCKS4Request.self, request.bytes, step: 50).message == request)
        let password = SOCKS5Password(user: user, password: user)!
        #expect(try read(SOCKS5Password.self, password.bytes, step: 50).message == password)
        let destination = SOCKSDestination(long, port: 1)
        #expect(
            try read(SOCKS5Request.self, SOCKS5Request(.connect, destination).bytes).message?.destination == destination
        )
    }

    @Test func `what breaks the rules is refused with what is wrong, as soon as it can be known`() {
        #expect(
            fault(SOCKS5Greeting.self, [4])
                == "message: malformed SOCKS5 greeting: its first byte is 4, and 5 was to come")
        #expect(fault(SOCKS5Request.self, [5, 1, 0, 2])?.contains("an address of type 2, which is neither") == true)
        #expect(fault(SOCKS5Request.self, [5, 1, 0, 3, 0])?.contains("the host's name is empty") == true)
        #expect(fault(SOCKS5Request.self, [5, 1, 0, 3, 1, 32, 0, 80])?.contains("spaces or control bytes") == true)
        #expect(fault(SOCKS5Request.self, [5, 1, 0, 3, 1, 0xff, 0, 80])?.contains("not UTF-8") == true)
        #expect(
            fault(SOCKS4Request.self, [4, 1, 0, 80, 0, 0, 0, 1, 0, 0])?.contains("the host's name is empty") == true)
        let endless: [UInt8] = Array(repeating: 65, count: 256)
        #expect(
            fault(SOCKS4Request.self, [4, 1, 0, 80, 1, 2, 3, 4] + endless)
                == "limit: SOCKS4 request: the user's name is longer than 255 bytes")
        #expect(
            fault(SOCKS4Request.self, [4, 1, 0, 80, 0, 0, 0, 4, 0] + endless)
                == "limit: SOCKS4 request: the host's name is longer than 255 bytes")
        #expect(fault(SOCKS4Reply.self, [4])?.contains("its first byte is 4, and 0 was to come") == true)
    }

    @Test func `whatever comes, a reader keeps no more than a message and asks for no more than its end`() {
        var generator = SeededGenerator(seed: 1928)
        for _ in 0..<2_000 {
            var bytes = (0..<Int.random(in: 0...600, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            if bytes.count > 1, Bool.random(using: &generator) { bytes[0] = UInt8.random(in: 0...5, using: &generator) }
            look(SOCKS4Request.self, bytes)
            look(SOCKS4Reply.self, bytes)
            look(SOCKS5Greeting.self, bytes)
            look(SOCKS5Choice.self, bytes)
            look(SOCKS5Password.self, bytes)
            look(SOCKS5PasswordReply.self, bytes)
            look(SOCKS5Request.self, bytes)
            look(SOCKS5Reply.self, bytes)
            _ = try? SOCKS5DatagramHeader(bytes.span)
        }
    }

    private func look<Message: SOCKSMessage>(_ type: Message.Type, _ bytes: [UInt8]) {
        guard let found = try? read(type, bytes, step: 64) else { return }
        #expect(found.taken <= bytes.count && found.reader.count <= SOCKS4Request.longest)
        guard let message = found.message else { return }
        #expect(found.reader.missing == 0 && found.reader.count == found.taken)
        // What was read and is written again is read as the same.
        #expect((try? read(type, message.bytes).message) == message)
    }
}
