import SockKit
import Testing

@testable import sockctl

/// A sender of datagrams whose target is given up.
@Suite(.timeLimit(.minutes(2))) struct ForwardedSenderTests {
    @Test func `what the target refused goes to the next one before what came after it`() async throws {
        try await onLoop {
            var sockets: [DatagramSocket] = []
            for _ in 0..<3 { sockets.append(try await ListenConfiguration().listenDatagram(.udp, "127.0.0.1:0")) }
            let sender = try Self.sender(from: sockets[0], to: sockets.dropFirst())
            try await waitUntil("a target") { sender.socket != nil && sender.task == nil }
            sender.unanswered = [1]
            let second: [UInt8] = [2]
            sender.take(second.span, at: .now)
            sender.refuse(NetworkError(.write, network: .udp, cause: .system(.connectionRefused, call: "sendmmsg")))
            sender.flushUp()
            var line: [[UInt8]] = []
            sender.lineUp.drain {
                line.append($0)
                return true
            }
            #expect(line == [[1], [2]])
            sender.close(.local)
            for socket in sockets { socket.close() }
        }
    }

    @Netpoller
    private static func sender(
        from socket: DatagramSocket, to targets: ArraySlice<DatagramSocket>
    ) throws -> ForwardedSender {
        let reporter = Reporter(ReporterSettings(isQuiet: true), standardOutput: -1, standardError: -1)
        let copies = try #require(PayloadCopies(TransferArguments(), reporter: reporter))
        let list = TargetList(
            targets.map { target in
                let port = target.localEndpoint.port ?? 0
                return ForwardTarget(.udp, Destination(place: .host("127.0.0.1", service: "\(port)")))
            }, .first, seed: nil)
        let found = DatagramTargets(
            list, DatagramConfiguration(), timeout: nil, listening: socket.localEndpoint, reporter)
        let forwarder = try DatagramForwarder(socket, found, limits: DatagramForwarder.Limits(), copies, reporter)
        let client = Endpoint("127.0.0.1:9")!
        return ForwardedSender(
            DatagramOrigin(endpoint: client, near: nil), Ends(.udp, remote: client), number: 1, forwarder)
    }
}
