import Testing

/// The two commands that join a connection to standard input and output: the end-of-data rule is the same for both.
enum Side: String, CaseIterable, Sendable {
    case dial, listen
}

/// A sockctl with a connection, and the Python peer at its other end.
struct Pair {
    let program: ChildProcess
    let peer: ChildProcess

    /// Waits for the peer's end and records an issue unless it told these lines after its port.
    func expect(told lines: [String], sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await peer.finish().expect(lines: lines, after: 1, sourceLocation: sourceLocation)
    }
}

/// Connects sockctl on this side with a peer, whose script finds its connection in `c`.
func join(
    _ side: Side, _ options: String..., input: ChildProcess.Input = .empty, output: ChildProcess.Output = .pipe,
    peer script: String
) async throws -> Pair {
    try await join(side, options, peer: script) { try sockctl($0, input: input, output: output) }
}

/// Connects a sockctl that `start` starts, with the arguments it is given, with a peer.
func join(
    _ side: Side, _ options: [String], peer script: String, start: ([String]) throws -> ChildProcess
) async throws -> Pair {
    switch side {
    case .dial:
        let peer = try python("c = take(serve())\n" + script)
        let address = "127.0.0.1:\(try await peer.port())"
        return Pair(program: try start(["dial"] + options + [address]), peer: peer)
    case .listen:
        let program = try start(["listen"] + options + ["127.0.0.1:0"])
        let port = try await program.listening().port
        return Pair(program: program, peer: try python("say(arguments[0])\nc = dial(arguments[0])\n" + script, port))
    }
}
