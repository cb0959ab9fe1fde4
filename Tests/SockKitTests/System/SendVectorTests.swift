import Testing

@testable import SockKit

@Suite struct SendVectorTests {
    /// There are headers for four messages, and a run that is taken apart is many.
    @Test func `runs that are taken apart go with as many calls as it takes`() throws {
        let receiver = try SocketCalls.socket(.inet, .datagram)
        let sender = try SocketCalls.socket(.inet, .datagram)
        try SocketCalls.bind(receiver.rawValue, to: .ip(.v4Loopback, port: 0), family: .inet)
        let target = try SocketCalls.localEndpoint(of: receiver.rawValue)
        let vector = SendVector(capacity: 4, segments: true)
        try vector.setReceivers([target], family: .inet)
        for number in 0..<100 {
            let isAdded = vector.append([UInt8](repeating: UInt8(number), count: 10).span, to: 0)
            #expect(isAdded)
        }
        #expect(vector.splitRuns())
        var calls: [Int] = []
        while !vector.isEmpty {
            let attempt = try vector.send(sender.rawValue)
            guard case .done(let count) = attempt else { continue }
            calls.append(count)
        }
        #expect(calls.allSatisfy { $0 <= 4 } && calls.reduce(0, +) == 100, "\(calls)")
    }
}
