import Glibc
import SockKit
import Synchronization
import Testing

/// What one end-to-end test has running and on disk; all of it goes when the test ends, however it ends.
final class Scene: Sendable {
    @TaskLocal static var current: Scene?

    /// A directory of the test's own, with a path short enough for Unix sockets.
    let directory: String
    private let processes = Lock<[ChildProcess]>([])
    private let descriptors = Lock<[Int32]>([])

    init() throws {
        var template = Array("/tmp/sockctl-test.XXXXXX\0".utf8CString.dropLast())
        guard let path = unsafe mkdtemp(&template) else { throw HarnessError("mkdtemp") }
        directory = unsafe String(cString: path)
    }

    /// The scene of the test that is running.
    static func required() throws -> Scene {
        try #require(current, "the test or its suite needs the trait .endToEnd")
    }

    func adopt(_ process: ChildProcess) { processes.withLock { $0.append(process) } }

    /// Closes a descriptor at the end.
    func adopt(descriptor: Int32) { descriptors.withLock { $0.append(descriptor) } }

    func end() async {
        for process in processes.withLock({ $0 }) { await process.end() }
        for descriptor in descriptors.withLock({ $0 }) { close(descriptor) }
        removeTree(directory)
    }
}

/// Gives each test of a suite a scene of its own, a few at a time.
struct EndToEndTrait: SuiteTrait, TestTrait, TestScoping {
    let isRecursive = true

    // Most of them wait most of the time; many more at once would measure the machine, not the program.
    private static let slots = Slots(8)

    /// Waits until a thread that is given away comes back at once.
    ///
    /// All tests begin at once, and at first hundreds that wait for nothing stand in the queue of the few threads that they
    /// share: whoever started a program then would come back to it ten seconds late.
    private static func waitForCalm() async {
        let end = SuspendingClock.now + patience
        while .now < end {
            let given = SuspendingClock.now
            try? await SuspendingClock().sleep(for: .milliseconds(1))
            if .now - given < .milliseconds(50) { return }
        }
    }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        await Self.slots.take()
        await Self.waitForCalm()
        let result: Result<Void, any Error>
        do {
            let scene = try Scene()
            do {
                try await Scene.$current.withValue(scene) { try await function() }
                result = .success(())
            } catch {
                result = .failure(error)
            }
            await scene.end()
        } catch {
            result = .failure(error)
        }
        await Self.slots.give()
        try result.get()
    }
}

extension Trait where Self == EndToEndTrait {
    /// The test starts programs: it gets a `Scene`, and everything it started is killed at its end.
    static var endToEnd: Self { EndToEndTrait() }
}
