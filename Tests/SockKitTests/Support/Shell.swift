import Foundation

/// What the tools that are installed here make of a text.
enum Shell {
    struct Outcome {
        let status: Int32
        let output: String
    }

    static func has(_ tool: String) -> Bool { path(of: tool) != nil }

    /// Runs a tool on a text as its standard input; its output and errors come back together.
    static func run(_ tool: String, _ arguments: [String], input: String) throws -> Outcome {
        let directory = FileManager.default.temporaryDirectory.appending(path: "sockctl-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appending(path: "input")
        try Data(input.utf8).write(to: file)
        let process = Process()
        let output = Foundation.Pipe()
        process.executableURL = URL(filePath: path(of: tool) ?? tool)
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: file)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Outcome(status: process.terminationStatus, output: String(decoding: data, as: UTF8.self))
    }

    private static func path(of tool: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(tool)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
