/// Clients of a forwarder and their other ends, in one script.
enum ForwardedPairs {
    /// A forwarder to a server in the same script; `pair()` gives a client and its other end.
    static let script = """
        port = int(arguments[0])
        server = socket.create_server(("127.0.0.1", int(arguments[1])), backlog=64)
        def pair():
            client = dial(port); return client, server.accept()[0]
        def rest(s):
            count = 0
            try:
                while True:
                    data = s.recv(65536)
                    if not data: return count, "end"
                    count += len(data)
            except ConnectionResetError: return count, "reset"
            except BrokenPipeError: return count, "broken"

        """

    static func run(_ script: String, _ options: [String] = []) async throws -> (Outcome, ChildProcess) {
        let target = try unboundPort()
        let forward = try sockctl(["forward", "--json", "127.0.0.1:0", "127.0.0.1:\(target)"] + options)
        let port = try await forward.listening().port
        return (try await python(Self.script + script, port, target).finish(), forward)
    }

    /// The events of one name so far, once there is one.
    static func events(_ name: String, of process: ChildProcess) async throws -> [Event] {
        try await process.wait(for: name) { record in
            record.errText.split(separator: "\n").compactMap { try? Event($0) }.filter { $0.name == name }
        }
    }
}
