import Glibc
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

    /// Past the gate: it is what is watched.
    func observe(_ record: SystemCallRecord) {
        guard record.call == "connect", record.arguments.hasSuffix(", \(address)") else { return }
        let client = accept(listener, nil, nil)
        guard client >= 0 else { return }
        count.withLock { $0 += 1 }
        if !words.isEmpty { _ = unsafe words.withUnsafeBytes { unsafe send(client, $0.baseAddress, $0.count, 0) } }
        var now = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(client, SOL_SOCKET, SO_LINGER, &now, UInt32(MemoryLayout<linger>.size))
        _ = close(client)
    }
}
