import SockKit
import Synchronization

/// A target that speaks and resets before the connect(2) that met it has returned.
final class HastyTarget: SystemCallObserver {
    private let listener: Int32
    private let address: String
    private let words: [UInt8]
    private let count = Lock(0)

    @Netpoller
    init(_ listener: Listener, says words: [UInt8]) {
        (self.listener, address, self.words) = (listener.number, listener.endpoint.description, words)
        SystemCall.watch(self)
    }

    var visits: Int { count.withLock { $0 } }

    func leave() { SystemCall.unwatch { ($0 as? HastyTarget) === self } }

    func observe(_ record: SystemCallRecord) {
        guard record.call == "connect", record.arguments.hasSuffix(", \(address)"),
            case .done(let client) = try? SocketCalls.accept(listener)
        else { return }
        count.withLock { $0 += 1 }
        let socket = FileDescriptor(adopting: client.number)
        if !words.isEmpty { _ = unsafe words.withUnsafeBytes { try? unsafe TransferCalls.send(socket.rawValue, $0) } }
        try? SocketOption.setLinger(0, on: socket.rawValue)
        try? socket.close()
    }
}
