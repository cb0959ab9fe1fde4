import Testing

@testable import SockKit

@Suite(.timeLimit(.minutes(2))) struct SlowConnectTests {
    @Test(arguments: [Network.tcp4, .tcp6])
    func `nobody connects before the time, and who has connected is not slowed down`(network: Network) async throws {
        try await onLoop {
            let listener = try await listen(network)
            let slow = SlowConnect(listener)
            try slow.set(.milliseconds(700))
            let start = Deadline.now
            let client = try await Dialer(timeout: patience).dial(network, listener.endpoint.description)
            #expect(.now - start >= .milliseconds(700))
            let server = try await listener.accept()
            slow.noteAccepted(server)
            try await client.write("hello")
            #expect(try await server.readText() == "hello")
            slow.close()
            listener.close()
            client.close()
            server.close()
        }
    }

    @Test func `each client has its own time`() async throws {
        try await onLoop {
            let listener = try await listen()
            let slow = SlowConnect(listener)
            try slow.set(.milliseconds(1500))
            let dials = (0..<4).map { index in
                Netpoller.spawn { () async throws -> Duration in
                    await Netpoller.sleep(for: .milliseconds(index * 400))
                    let start = Deadline.now
                    try await Dialer(timeout: patience).dial(.tcp, listener.endpoint.description).close()
                    return .now - start
                }
            }
            // Whoever comes in makes no room for another.
            Netpoller.spawn { while let client = try? await listener.accept() { slow.noteAccepted(client) } }
            for dial in dials { #expect(try await dial.value >= .milliseconds(1500)) }
            slow.close()
            listener.close()
        }
    }

    @Test func `without a delay all are let in at once`() async throws {
        try await onLoop {
            let listener = try await listen()
            let slow = SlowConnect(listener)
            try slow.set(.seconds(3600))
            try slow.set(.zero)
            try await Dialer(timeout: patience).dial(.tcp, listener.endpoint.description).close()
            listener.close()
        }
    }

    @Test func `a filter lets through whom it names, and what is no first segment`() {
        let program = SlowConnect.program(admitting: [3000], strangers: true)
        #expect(Self.passes(program, port: 3001, flags: 0x10, from: [127, 0, 0, 1]))
        #expect(!Self.passes(program, port: 3001, flags: 0x02, from: [127, 0, 0, 1]))
        #expect(Self.passes(program, port: 3000, flags: 0x02, from: [127, 0, 0, 1]))
        #expect(Self.passes(program, port: 3001, flags: 0x02, from: [10, 0, 0, 1]))
        let loopback = [UInt8](repeating: 0, count: 15) + [1]
        #expect(!Self.passes(program, port: 3001, flags: 0x02, from: loopback))
        #expect(Self.passes(program, port: 3001, flags: 0x02, from: [0xfd] + loopback.dropFirst()))
        #expect(Self.passes(program, port: 3001, flags: 0x02, from: loopback.dropLast() + [2]))
        let closed = SlowConnect.program(admitting: [], strangers: false)
        #expect(!Self.passes(closed, port: 3001, flags: 0xc2, from: [10, 0, 0, 1]))
        #expect(Self.passes(closed, port: 3001, flags: 0x12, from: [10, 0, 0, 1]))
    }

    /// Runs a program as the kernel would, over a segment with this source.
    private static func passes(
        _ program: [FilterInstruction], port: UInt16, flags: UInt8, from source: [UInt8]
    ) -> Bool {
        var segment = [UInt8](repeating: 0, count: 20)
        (segment[0], segment[1], segment[13]) = (UInt8(port >> 8), UInt8(port & 0xff), flags)
        var header = [UInt8](repeating: 0, count: 40)
        header[0] = source.count == 4 ? 0x45 : 0x60
        header.replaceSubrange((source.count == 4 ? 12 : 8)..<(source.count == 4 ? 16 : 24), with: source)
        var (place, value) = (0, UInt32(0))
        func load(_ offset: UInt32, _ count: UInt32) -> UInt32 {
            (0..<count).reduce(0) { sum, index in
                let at = offset &+ index
                let isHeader = at >= FilterInstruction.network
                return sum << 8 | UInt32(isHeader ? header[Int(at &- FilterInstruction.network)] : segment[Int(at)])
            }
        }
        while true {
            let step = program[place]
            place += 1
            switch step.code {
            case 0x30: value = load(step.value, 1)
            case 0x28: value = load(step.value, 2)
            case 0x20: value = load(step.value, 4)
            case 0x54: value &= step.value
            case 0x15: place += Int(value == step.value ? step.whenTrue : step.whenFalse)
            default: return step.value != 0
            }
        }
    }
}
