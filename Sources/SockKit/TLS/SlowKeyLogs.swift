/// The pipes and terminals that secrets go to: whoever reads them gets all of it before the program ends.
@Netpoller
package enum SlowKeyLogs {
    private static var queues: [FileQueue] = []

    static func add(_ queue: FileQueue) { queues.append(queue) }

    /// Nothing more goes to it.
    static func end(_ queue: FileQueue) async {
        await queue.finish()
        queues.removeAll { $0 === queue }
    }

    /// Waits until all is written, where the task is cancelled no longer than a second for each; says what was not.
    package static func finish() async -> [(path: String, bytes: Int)] {
        var losses: [(path: String, bytes: Int)] = []
        for queue in queues {
            await queue.finish()
            if queue.bytesLost > 0 { losses.append((path: queue.name, bytes: queue.bytesLost)) }
        }
        return losses
    }
}
