import Glibc

/// What the tools that are installed here make of a text.
enum Shell {
    struct Outcome: Sendable {
        let status: Int32
        let output: String
    }

    static func has(_ tool: String) -> Bool { path(of: tool) != nil }

    /// Runs a tool on a text as its standard input; its output and errors come back together.
    static func run(_ tool: String, _ arguments: [String], input: String) async throws -> Outcome {
        await slots.take()
        let result = await onThread { Result { try runBlocking(tool, arguments, input: input) } }
        await slots.give()
        return try result.get()
    }

    // There are many of them, and each is work from its start to its end.
    private static let slots = Slots(2)

    private static func runBlocking(_ tool: String, _ arguments: [String], input: String) throws -> Outcome {
        let directory = try TemporaryDirectory()
        let (given, written) = ("\(directory.path)/input", "\(directory.path)/output")
        try writeFile(given, Array(input.utf8))
        let output = StandardStream(written, O_WRONLY | O_CREAT | O_APPEND)
        let pid = try spawn(
            path(of: tool) ?? tool, arguments, environment: currentEnvironment(),
            streams: StandardStreams(input: StandardStream(given, O_RDONLY), output: output, error: output))
        var status: Int32 = -1
        while unsafe waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7f
        let text = String(decoding: try contents(of: written), as: UTF8.self)
        return Outcome(status: signal == 0 ? status >> 8 : 128 + signal, output: text)
    }

    private static func path(of tool: String) -> String? {
        (currentEnvironment()["PATH"] ?? "").split(separator: ":").map { "\($0)/\(tool)" }
            .first { unsafe access($0, X_OK) == 0 }
    }
}
