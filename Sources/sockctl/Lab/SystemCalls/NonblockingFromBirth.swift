import SockKit

/// The flags that a socket is made with.
enum NonblockingFromBirth: Experiment {
    static let title = "A socket is non-blocking and close-on-exec from its first moment"
    static let covers = [94]
    static let documents = [SourceDocument.sockets]
    static let claim = """
        Go's sysSocket adds SOCK_NONBLOCK and SOCK_CLOEXEC to the type, so that socket(2) returns a descriptor that is both at \
        once.
        """
    static let question =
        "Which flags has a socket that is made like that, one that is made without, and one that was accepted?"

    static let expectations = [
        Expectation(
            says: "Sockets are created with SOCK_NONBLOCK and SOCK_CLOEXEC.",
            here: "the kernel shows the flags {listener} for the listener; a socket without these flags has {plain}",
            why: """
                The number is octal: 02 is O_RDWR, 04000 O_NONBLOCK, 02000000 O_CLOEXEC. With the flags in socket(2) there is \
                no moment in which another thread could start a program that inherits the socket.
                """,
            holds: .isTrue("listener waits not"), .isTrue("listener stays here"), .isFalse("plain waits not"),
            .isFalse("plain stays here")),
        Expectation(
            here: "a connection from accept(2) has {accepted}, one from accept4(2) with the flags {accepted4}",
            why: """
                On Linux an accepted socket inherits neither flag from its listener (accept(2)); on macOS O_NONBLOCK \
                is inherited, and close-on-exec is not. accept4(2) sets both at once, so that is what Go and sockctl call.
                """,
            holds: .isFalse("accepted waits not"), .isFalse("accepted stays here"), .isTrue("accepted4 waits not"),
            .isTrue("accepted4 stays here")),
    ]

    static let commands = """
        1$ sockctl listen --trace --max-accepts 1 --serve time 3000
        socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK|SOCK_CLOEXEC, 0) = 6  20 µs
        accept4(6, 127.0.0.1:58410, SOCK_NONBLOCK|SOCK_CLOEXEC) = 7  22 µs
        ...
        2$ sockctl dial 3000
        2026-11-28 17:10:27
        """

    static let lesson = """
        Non-blocking is what lets one thread wait for all sockets; close-on-exec is what keeps them out of programs that you \
        start. Set both where the descriptor is made, never afterwards.
        """

    static func run(_ stage: Stage) async throws(Interruption) {
        let isThere = (try? FileCalls.contents(of: "/proc/self/fdinfo/0")) != nil
        try stage.require(isThere, else: "/proc/self/fdinfo is needed, and cannot be read")

        await stage.step("A listener of ours, and a socket that is made without flags")
        let listener = try await stage.server.listen()
        keep(stage, "listener", stage.kernel.flags(of: listener.number, called: "listener"))
        let made = stage.server.system("socket(AF_INET, SOCK_STREAM, 0)", result: { "\($0)" }) { () throws(Errno) in
            try PlainCalls.socket(PlainCalls.inet, PlainCalls.stream).release()
        }
        keepAndClose(stage, "plain", made, called: "without flags")

        await stage.step("Two clients dial; one is taken with accept(2), one with accept4(2)")
        _ = try await stage.client.dial(listener)
        await stage.kernel.queues(1, on: listener)
        let number = listener.number
        let taken = stage.server.system("accept(\(number))", result: { "\($0)" }) { () throws(Errno) in
            try PlainCalls.accept(number).release()
        }
        keepAndClose(stage, "accepted", taken, called: "accept")
        _ = try await stage.client.dial(listener)
        let accepted = try await listener.accept()
        keep(stage, "accepted4", stage.kernel.flags(of: accepted.number, called: "accept4"))
    }

    /// The same of a descriptor that is not needed any more.
    @Netpoller
    private static func keepAndClose(
        _ stage: Stage, _ name: String, _ made: Result<Int32, Errno>, called label: String
    ) {
        guard case .success(let number) = made else { return }
        keep(stage, name, stage.kernel.flags(of: number, called: label))
        try? FileDescriptor(adopting: number).close()
    }

    @Netpoller
    private static func keep(_ stage: Stage, _ name: String, _ flags: DescriptorFlags) {
        stage.found(name, .text(flags.octal))
        stage.found("\(name) waits not", .flag(flags.isNonBlocking))
        stage.found("\(name) stays here", .flag(flags.isCloseOnExec))
    }
}
