import SockKit
import Testing

@testable import sockctl

/// What several sockets bring, in their turn.
@Suite(.timeLimit(.minutes(5))) struct ReceivedDatagramsTests {
    @Test func `what waits for its turn is not taken once as many have come as were wanted`() async throws {
        try await onLoop {
            let pipe = try PipeEnds()
            let output = try ByteSink(given: pipe.writer.rawValue)
            // Nobody reads it: whoever has the turn keeps it.
            let filling = [UInt8](repeating: 0, count: 1 << 16)
            while (try? FileCalls.writeBlocking(pipe.writer.rawValue, filling.span)) != nil {}
            var arguments = UDPReceiveArguments()
            arguments.count = 2
            let reporter = Reporter(ReporterSettings(isQuiet: true), standardOutput: -1, standardError: -1)
            let copies = try #require(PayloadCopies(TransferArguments(), reporter: reporter))
            let received = ReceivedDatagrams(arguments, output, copies, reporter)
            var sockets: [DatagramSocket] = []
            var tasks: [Task<sockctl.ExitStatus, Never>] = []
            for _ in 0..<3 {
                let socket = try await ListenConfiguration().listenDatagram(.udp, "127.0.0.1:0")
                let receiver = try DatagramReceiver(socket, received)
                sockets.append(socket)
                tasks.append(Netpoller.spawn { await receiver.run() })
            }
            try await Self.send(to: sockets[0])
            try await waitUntil("the first one") { received.count == 1 }
            for socket in sockets.dropFirst() { try await Self.send(to: socket) }
            await letOthersRun()
            while case let some? = try? FileCalls.readBlocking(pipe.reader.rawValue, upTo: 1 << 16), !some.isEmpty {}
            for task in tasks.dropFirst() { _ = await task.value }
            #expect(received.count == 2)
            tasks[0].cancel()
            _ = await tasks[0].value
            for socket in sockets { socket.close() }
        }
    }

    /// Sends a datagram, and waits until it has been read.
    @Netpoller
    private static func send(to socket: DatagramSocket) async throws {
        let sender = try await Dialer(timeout: patience).dial(.udp, socket.localEndpoint.description)
        defer { sender.close() }
        try await sender.write(Array("x".utf8))
        try await waitUntil("it to be read") { try FileCalls.queued(socket.number, .received) == 0 }
    }
}
