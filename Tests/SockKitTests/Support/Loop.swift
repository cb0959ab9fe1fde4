import SockKit
import Testing

/// Runs `body` on the loop, as the code of a program would, and gives up on it when it has hung for long.
@discardableResult
func onLoop<Value: Sendable>(_ body: @escaping @Netpoller @Sendable () async throws -> Value) async throws -> Value {
    await loopSlots.take()
    let outcome = await Netpoller.spawn { () async -> Result<Value, any Error>? in
        let promise = Promise<Result<Value, any Error>>()
        let task = Netpoller.spawn(body)
        Netpoller.spawn { promise.fulfil(await task.result) }
        let result = await promise.wait(until: .now + patience * 3).value
        if result == nil { task.cancel() }
        return result
    }.value
    await loopSlots.give()
    return try #require(outcome, "this should have ended by now").get()
}

// There is one loop for all tests: were hundreds on it at once, each would wait for the others and find itself late.
private let loopSlots = Slots(16)

/// Lets every task that can run do so until it waits: the loop runs its jobs in the order they came.
@Netpoller
func letOthersRun() async {
    for _ in 0..<4 { await Task.yield() }
}

/// Waits until `condition` holds, looking every millisecond; for what the kernel does without an event of its own.
@Netpoller
func waitUntil(_ what: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () throws -> Bool)
    async throws
{
    let deadline = Deadline.now + patience
    while try !condition() {
        try #require(!deadline.hasPassed, what, sourceLocation: sourceLocation)
        await Netpoller.sleep(for: .milliseconds(1))
    }
}

/// What `body` took, on the clock of deadlines.
@Netpoller
func elapsed(_ body: @Netpoller () async throws -> Void) async throws -> Duration {
    let start = Deadline.now
    try await body()
    return .now - start
}
