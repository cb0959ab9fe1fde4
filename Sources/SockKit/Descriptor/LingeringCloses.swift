/// Closes that wait until what was sent has arrived. With SO_LINGER close(2) does so whatever O_NONBLOCK says (socket(7)),
/// so threads make them: the loop's own would leave all others waiting meanwhile.
@Netpoller
package enum LingeringCloses {
    private static let workers = WorkerThreads(most: 256)
    private static var underWay = 0
    private static var whoWaits: [Parking] = []

    /// Of one that `isShared` the others go on.
    static func close(_ descriptor: consuming FileDescriptor, isShared: Bool) {
        let number = descriptor.release()
        underWay += 1
        // Where all threads are waiting the peer is to hear of it all the same.
        if !isShared { try? SocketCalls.shutdown(number, .write) }
        do throws(Errno) {
            try workers.run {
                try? FileDescriptor(adopting: number).close()
                Netpoller.spawn { didClose() }
            }
        } catch {
            // Where no thread can be had, it is this one.
            try? FileDescriptor(adopting: number).close()
            didClose()
        }
    }

    private static func didClose() {
        underWay -= 1
        guard underWay == 0 else { return }
        for place in whoWaits { place.wake() }
    }

    /// Waits until the last one is over, or the task is cancelled: the end of the process would cut them short.
    package static func finish() async {
        while underWay > 0, !Task.isCancelled {
            let place = Parking()
            whoWaits.append(place)
            _ = await place.wait()
            whoWaits.removeAll { $0 === place }
        }
    }
}
