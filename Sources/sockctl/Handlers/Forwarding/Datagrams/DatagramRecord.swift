import SockKit

/// What is recorded of one sender: datagrams that come before a target is found are kept until then.
@Netpoller
final class DatagramRecord {
    private let recorder: Recorder
    private var connection: ConnectionRecord?
    // As much as a fault may keep back meanwhile.
    private var early = DatagramLine(mostDatagrams: 1 << 15, mostBytes: 4 << 20)

    init(_ recorder: Recorder) { self.recorder = recorder }

    /// The sender has a target now; of one in its place nothing is said.
    func open(_ subject: RecordSubject) {
        guard connection == nil else { return }
        let connection = recorder.open(subject)
        early.drain {
            connection.take($0.span, .up)
            return true
        }
        self.connection = connection
    }

    func take(_ payload: Span<UInt8>, _ direction: RecordDirection) {
        if let connection {
            connection.take(payload, direction)
        } else {
            _ = early.append(payload)
        }
    }
}
