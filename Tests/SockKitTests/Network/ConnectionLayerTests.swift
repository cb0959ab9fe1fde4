import Glibc
import Testing

@testable import SockKit

/// What a connection does with what its layer says, whatever that is.
@Suite(.timeLimit(.minutes(5))) struct ConnectionLayerTests {
    @Test func `a write that has to read first holds nobody up`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let layer = StubbornLayer()
            try await pair.client.establish(layer, as: .dial)
            let writing = Netpoller.spawn { () async throws in try await pair.client.write("hello") }
            // Somebody else's turn comes all the same.
            try await waitUntil("the first attempt") { layer.attempts > 0 }
            layer.yields = true
            try await writing.value
            #expect(layer.attempts < 50)
            #expect(try await pair.server.readChunk().count == 5)
            pair.close()
        }
    }

    @Test func `what a layer keeps is sent before the end, or its loss is told`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let layer = StubbornLayer()
            layer.yields = true
            try await pair.client.establish(layer, as: .dial)
            #expect(!pair.client.keepsOutput)
            layer.bytesKept = 1
            #expect(pair.client.keepsOutput)
            let error = await #expect(throws: NetworkError.self) {
                try await pair.client.deliverKept(patience: .milliseconds(50))
            }
            #expect(error?.cause == .timeout)
            layer.releases = true
            pair.client.descriptor.wake(.write)
            try await pair.client.deliverKept(patience: patience)
            #expect(!pair.client.keepsOutput)
            pair.close()
        }
    }

    @Test func `one attempt receives so often and no more`() async throws {
        try await onLoop {
            let pair = try await loopback()
            let channel = TLSChannel(keepsMessages: false)
            var room = [UInt8](repeating: 0, count: 100)
            func read() -> Int? { unsafe room.withUnsafeMutableBytes { unsafe channel.read(into: $0) } }
            try pair.client.descriptor.withNumber { channel.number = $0 }
            channel.input = [UInt8](repeating: 0, count: 10)
            try await pair.server.write([UInt8](repeating: 7, count: 35))
            try await waitUntil("the bytes") { pair.client.bytesWaiting == 35 }
            #expect([read(), read(), read()] == [10, 10, nil] && channel.isTired)
            channel.beginAttempt()
            #expect([read(), read(), read()] == [10, 5, nil] && channel.isTired)
            channel.beginAttempt()
            #expect(read() == nil && !channel.isTired)
            pair.close()
        }
    }
}

/// A layer that changes nothing, and for a while wants to read before it writes; it gives up after very many attempts, so
/// that nobody waits for ever.
private final class StubbornLayer: ConnectionLayer {
    var yields = false
    var releases = false
    private(set) var attempts = 0

    func handshake(_ number: Int32) -> LayerAttempt { .moved(0) }
    func read(_ number: Int32, into bytes: UnsafeMutableRawBufferPointer) -> LayerAttempt { .wantsRead }
    func peek(_ number: Int32, into bytes: UnsafeMutableRawBufferPointer) -> LayerAttempt { .wantsRead }

    func write(_ number: Int32, _ bytes: UnsafeRawBufferPointer) -> LayerAttempt {
        attempts += 1
        if attempts > 10_000 { return .failed(.closed) }
        guard yields else { return .wantsRead }
        guard case .done(let count)? = try? unsafe TransferCalls.send(number, bytes) else { return .wantsWrite }
        return .moved(count)
    }

    func flush(_ number: Int32) -> LayerAttempt {
        guard releases else { return .wantsWrite }
        bytesKept = 0
        return .moved(0)
    }

    func timeToRepeat() -> Duration? { nil }
    func repeatUnanswered(_ number: Int32) -> LayerAttempt { .moved(0) }
    func failSending(_ cause: NetworkError.Cause) { sendingFailure = cause }
    func payload(amongLast count: Int) -> Int { count }
    func disownKept(_ most: Int) -> Int { 0 }
    func endWriting(_ number: Int32, inAnyCase: Bool) -> LayerAttempt { .moved(0) }
    func close(_ number: Int32) {}

    let (saysEnd, hasSaidEnd, isEstablished, keepsMessages) = (true, false, true, false)
    let (holdsInput, isDrained) = (false, false)
    var bytesKept = 0
    private(set) var sendingFailure: NetworkError.Cause?
}
