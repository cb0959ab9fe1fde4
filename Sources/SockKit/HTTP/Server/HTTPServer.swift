/// A server for HTTP/1.1: a listener, and a conversation with each client. What `http.Server` is to Go.
///
/// ```swift
/// let server = HTTPServer(handler)
/// try await server.listenAndServe("127.0.0.1:3000")    // until shutdown(grace:)
/// ```
@Netpoller
public final class HTTPServer {
    public let site: HTTPSite
    /// How to listen. TCP keep-alive is on by default: the kernel notices that a silent client's machine is gone.
    public var configuration = ListenConfiguration()
    /// Told of each conversation that failed.
    public var onFailure: (@Netpoller (NetworkError) -> Void)?
    /// Told where it listens, once it does.
    public var onListening: (@Netpoller (Listener) -> Void)?

    private var listeners: [Listener] = []
    private var members: [ObjectIdentifier: Member] = [:]
    private let emptied = Parking()
    private var isFinishing = false
    /// Those of conversations that are over.
    private var endedRequests = 0

    /// A server that answers with `handler` within `limits`.
    public init(
        _ handler: any HTTPHandler, limits: HTTPServerLimits = HTTPServerLimits(), observer: (any HTTPObserver)? = nil
    ) {
        site = HTTPSite(handler, limits: limits, observer: observer)
    }

    /// Listens and serves until `shutdown`. The default address is port 80 of every interface, as in Go.
    public func listenAndServe(_ address: String = ":http") async throws(NetworkError) {
        try await serve(try await configuration.listen(.tcp, address))
    }

    /// Serves what comes to a listener, which it closes, until `shutdown`. It fails only when nothing can be accepted any
    /// more.
    public func serve(_ listener: Listener) async throws(NetworkError) {
        defer { listener.close() }
        guard !isFinishing else { return }
        listeners.append(listener)
        onListening?(listener)
        while true {
            let connection: Connection
            do throws(NetworkError) { connection = try await listener.accept() } catch {
                if isFinishing { return }
                throw error
            }
            admit(connection)
        }
    }

    /// Stops accepting, ends the conversations that are idle at once and the others behind the answer that is under way;
    /// those that are not done within `grace` are cut off. False if any had to be.
    @discardableResult
    public func shutdown(grace: Duration) async -> Bool {
        isFinishing = true
        for listener in listeners { listener.close() }
        listeners = []
        for member in members.values { member.conversation.finish() }
        let isDone = await waitUntilEmpty(until: .now + grace)
        for member in members.values { unsafe member.task?.cancel() }
        await waitUntilEmpty(until: nil)
        return isDone
    }

    /// Requests that came so far.
    public var requests: Int { members.values.reduce(endedRequests) { $0 + $1.conversation.requests } }

    /// Connections that are served at the moment.
    public var connections: Int { members.count }

    /// A client. No task is its while nothing is asked.
    @Netpoller
    private final class Member: StreamSleeper {
        let connection: Connection
        let conversation: HTTPConversation
        let server: HTTPServer
        // Invariant: only the loop's thread touches it, in jobs and, by `wake`, between them.
        nonisolated(unsafe) var task: Task<Void, Never>?

        init(_ connection: Connection, _ server: HTTPServer) {
            self.connection = connection
            self.server = server
            conversation = HTTPConversation(connection, server.site)
        }

        nonisolated func wake() {
            unsafe task = Netpoller.spawn { await self.server.serve(self) }
        }
    }

    private func admit(_ connection: Connection) {
        let member = Member(connection, self)
        members[ObjectIdentifier(member)] = member
        member.wake()
    }

    private func serve(_ member: Member) async {
        do throws(NetworkError) {
            while case .rest = try await member.conversation.advance() {
                if member.connection.rest(waking: member) {
                    unsafe member.task = nil
                    return
                }
                await Task.yield()
            }
        } catch {
            if error.cause != .cancelled { onFailure?(error) }
        }
        // Nobody waits for more than a peer takes in that time.
        try? await member.connection.deliverKept(patience: .seconds(5))
        member.connection.close()
        endedRequests += member.conversation.requests
        members[ObjectIdentifier(member)] = nil
        if members.isEmpty { emptied.wake() }
    }

    @discardableResult
    private func waitUntilEmpty(until deadline: Deadline?) async -> Bool {
        while !members.isEmpty {
            if await emptied.wait(until: deadline) != .ready { return members.isEmpty }
        }
        return true
    }
}
