/// Signals as values: from its creation on they no longer do what they did by default.
@Netpoller
package final class SignalWatcher {
    private let descriptor: PolledDescriptor

    /// Must be made before the process has a second thread.
    package init(_ signals: [Signal]) throws(Errno) {
        descriptor = try PolledDescriptor(adopting: SignalCalls.makeDescriptor(for: signals))
    }

    /// Waits for the next signal; nil when the wait was ended.
    package func next() async -> Signal? {
        while true {
            do throws(DescriptorFailure) {
                let signal = try await descriptor.perform(.read) { number throws(Errno) in
                    try SignalCalls.take(from: number)
                }
                if let signal { return signal }
            } catch {
                return nil
            }
        }
    }
}
