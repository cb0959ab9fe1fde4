import SockKit

/// How a server that waits in accept is stopped.
enum CloseUnblocks: Experiment {
    static let title = "Closing a listener wakes its accept, which the kernel alone would not do"
    static let covers = [4, 12]
    static let documents = [SourceDocument.basics, .server, .processes, .sockets]
    static let claim = """
        Accept blocks until a client comes. Closing the listener from elsewhere unblocks it with an error: use of closed \
        network connection. A server tells this error, which is how it is meant to stop, from all others.
        """
    static let question = "A server waits in accept. What wakes it: closing the listener, close(2), or shutdown(2)?"

    static let expectations = [
        Expectation(
            says: "Close unblocks Accept with an error of its own.",
            here: "accept waited {waited} and met: {text}; it can be told from a failure: {told}",
            why: """
                The loop that watches the listener wakes whoever waits there. The error is a word of ours and no number \
                of the kernel's, so "we are stopping" is never mistaken for "something is broken".
                """,
            holds: .equal("code", "closed"), .isTrue("told"), .about("waited", "pause")),
        Expectation(
            here: """
                a thread in accept(2) still waited {close pause} after close(2); a dial to that port {after close}, and \
                accept(2) returned {accepted}
                """,
            why: """
                close(2) takes away the number. The call that is under way holds the socket itself, which goes on \
                listening until the call returns (close(2), "Multithreaded processes and close"). Go and this program \
                wait in epoll instead, and wake the waiter themselves.
                """,
            holds: .isTrue("still waiting"), .equal("after close", "connected"), .equal("accepted", "a connection")),
        Expectation(
            here: "after shutdown(2) of another listening socket accept(2) returned {after shutdown} at once",
            why: """
                shutdown(2) acts on the socket and not on the number: it stops listening, and inet_csk_accept finds a \
                socket that is not in the state LISTEN.
                """,
            holds: .equal("after shutdown", "EINVAL")),
    ]

    static let commands = """
        1$ sockctl listen 3000 -k -v
        listening on 127.0.0.1:3000 (this machine only, backlog 4096)
        server closed: interrupted
        """

    static let lesson = """
        A blocked call is not woken by closing its descriptor: a runtime has to do that, and Go's does. A server that \
        stops on purpose treats that one error as success.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let pause = stage.span(.milliseconds(100), document: .seconds(1))
        stage.found("pause", .span(pause))
        await stage.step("A task waits in accept; another one closes the listener")
        let listener = try await stage.server.listen()
        let start = Deadline.now
        let waiting = stage.go { () async -> NetworkError? in
            do throws(Interruption) { _ = try await listener.accept() } catch {
                if case .failure(let cause) = error { return cause }
            }
            return nil
        }
        await stage.pause(pause)
        listener.close()
        let error = await waiting.value
        stage.found("waited", .span(.now - start))
        stage.found("code", .text(error?.code ?? "nil"))
        stage.found("told", .flag(error?.isClosed == true))
        stage.found("text", .text(error.map { "\($0)" }?.split(separator: ": ").last.map(String.init) ?? ""))

        await stage.step("A thread waits in accept(2) itself; close(2) is called on its socket")
        try await closeUnderAccept(stage)
        await stage.step("The same with shutdown(2)")
        let other = try await waiter(stage)
        await stage.pause(.milliseconds(50))
        other.socket.shutdown()
        stage.found("after shutdown", .text(await other.result.value))
    }

    @Netpoller
    private static func closeUnderAccept(_ stage: Stage) async throws(Interruption) {
        // A thread that is not in its call yet would find the number gone: rare, on a busy machine, and no answer.
        for attempt in 1...5 {
            let pause = Duration.milliseconds(100 * attempt)
            let (socket, result) = try await waiter(stage)
            let endpoint = socket.endpoint
            await stage.pause(.milliseconds(50 * attempt))
            let isOver = Mark()
            let watching = stage.go { () async -> String in
                let value = await result.value
                isOver.isSet = true
                return value
            }
            socket.close()
            await stage.pause(pause)
            if isOver.isSet, attempt < 5 { continue }
            stage.found("close pause", .span(pause))
            stage.found("still waiting", .flag(!isOver.isSet))
            let error = try await stage.failure { () async throws(Interruption) in
                try await stage.client.dial(.tcp, "\(endpoint)", Dialer(timeout: .seconds(3)))
            }
            stage.found("after close", .text(error?.code ?? "connected"))
            stage.found("accepted", .text(error == nil ? await watching.value : ""))
            return
        }
    }

    /// Something that one task tells another.
    @Netpoller
    private final class Mark {
        var isSet = false
    }

    /// A listening socket, and a thread of its own that waits in accept(2).
    @Netpoller
    private static func waiter(
        _ stage: Stage
    ) async throws(Interruption) -> (socket: LabDescriptor, result: Going<String>) {
        let socket = try stage.server.socket()
        socket.bind(.ip(.v4Loopback, port: 0))
        socket.listen(5)
        let number = socket.number
        try? BlockingCalls.setBlocking(true, number)
        let place = stage.begin(.server, "accept(2), by a thread")
        let going = stage.go { () async -> String in
            let found = try? await Netpoller.offload { () -> String in
                do throws(Errno) {
                    guard case .done(let accepted) = try SocketCalls.accept(number) else { return "EAGAIN" }
                    try? FileDescriptor(adopting: accepted.number).close()
                    return "a connection"
                } catch {
                    return error.name
                }
            }
            stage.finish(place, found ?? "nothing", failed: found != "a connection")
            return found ?? "nothing"
        }
        return (socket, going)
    }
}
