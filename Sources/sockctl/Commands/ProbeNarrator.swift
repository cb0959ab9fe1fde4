import SockKit

/// Whoever tells what a probe sees as it happens.
@Netpoller
protocol ProbeNarrator: AnyObject {
    associatedtype Subject: Probe

    /// Called once nobody reads the reports any more.
    var onReaderGone: (@Netpoller () -> Void)? { get set }

    func take(_ event: Subject.Event)

    /// Says what is not said yet.
    func finish()
}

extension ProbeNarrator {
    /// Runs a probe, and tells of it until its end or until nobody reads on: there is no use in going on then.
    func accompany(_ probe: Subject) async throws(Subject.Failure) -> Subject.Outcome {
        var probe = probe
        probe.onEvent = { self.take($0) }
        let task = Netpoller.spawn { [probe] () async -> Result<Subject.Outcome, Subject.Failure> in
            do throws(Subject.Failure) { return .success(try await probe.run()) } catch { return .failure(error) }
        }
        onReaderGone = { task.cancel() }
        let outcome = await Netpoller.join(task)
        finish()
        return try outcome.get()
    }
}
