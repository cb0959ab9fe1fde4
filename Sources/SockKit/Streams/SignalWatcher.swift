/// Signals as values: from its creation on they no longer do what they did by default.
@Netpoller
package final class SignalWatcher {
    private let descriptor: PolledDescriptor
    private let signals: [Signal]

    /// Must be made before the process has a second thread. Where it fails, the signals do what they did.
    package init(_ signals: [Signal]) throws(Errno) {
        self.signals = signals
        do throws(Errno) {
            descriptor = try PolledDescriptor(adopting: SignalCalls.makeDescriptor(for: signals))
        } catch {
            SignalCalls.release(signals)
            throw error
        }
    }

    /// Waits for the next signal; nil when the wait was ended. An error is that no more can be seen: they do again what they
    /// did.
    package func next() async throws(Errno) -> Signal? {
        while true {
            do throws(DescriptorFailure) {
                let signal = try await descriptor.perform(.read) { number throws(Errno) in
                    try SignalCalls.take(from: number)
                }
                if let signal { return signal }
            } catch {
                guard case .system(let errno) = error else { return nil }
                SignalCalls.release(signals)
                throw errno
            }
        }
    }
}
