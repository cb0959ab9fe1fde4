import Glibc
import Testing

/// Where the program under test is.
enum Binary {
    /// `SOCKCTL` from the environment, else the `sockctl` that was built beside these tests.
    static let sockctl: String? = {
        let beside = ownDirectory.map { "\($0)/sockctl" }
        let path = currentEnvironment()["SOCKCTL"] ?? beside
        return path.flatMap { unsafe access($0, X_OK) == 0 ? $0 : nil }
    }()

    /// Where these tests are, and all that was built with them.
    static let ownDirectory: String? = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { return nil }
        let path = String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
        return path.split(separator: "/").dropLast().map { "/" + $0 }.joined()
    }()
}

/// Starts a program in the test's scene.
func start(
    _ path: String, _ arguments: [String], input: ChildProcess.Input = .empty, output: ChildProcess.Output = .pipe,
    environment: [String: String] = [:]
) throws -> ChildProcess {
    let process = try ChildProcess(path, arguments, input: input, output: output, environment: environment)
    try Scene.required().adopt(process)
    return process
}

/// Starts one of the peers.
@discardableResult
func start(
    _ tool: Tool, _ arguments: String..., input: ChildProcess.Input = .empty, output: ChildProcess.Output = .pipe
) throws -> ChildProcess {
    try start(#require(tool.path, "needs \(tool.rawValue)"), arguments, input: input, output: output)
}

/// Starts the program under test.
@discardableResult
func sockctl(
    _ arguments: String..., input: ChildProcess.Input = .empty, output: ChildProcess.Output = .pipe
) throws -> ChildProcess {
    try sockctl(arguments, input: input, output: output)
}

/// Starts the program under test.
func sockctl(
    _ arguments: [String], input: ChildProcess.Input = .empty, output: ChildProcess.Output = .pipe
) throws -> ChildProcess {
    try start(
        #require(Binary.sockctl), arguments, input: input, output: output,
        environment: ["NO_COLOR": "1", "LC_ALL": "C.UTF-8"])
}

/// Starts the program under test by way of another that runs it: `via(.setpriv, "--nnp", "--", run: "dial", …)`.
func via(
    _ tool: Tool, _ prefix: String..., run arguments: [String], input: ChildProcess.Input = .empty,
    output: ChildProcess.Output = .pipe
) throws -> ChildProcess {
    try start(#require(tool.path), prefix + [#require(Binary.sockctl)] + arguments, input: input, output: output)
}

/// Starts a Python peer: the helpers of `PythonPeer`, then `script`, which reads its arguments from `arguments`.
func python(
    _ script: String, _ arguments: any CustomStringConvertible..., input: ChildProcess.Input = .empty
) throws -> ChildProcess {
    try python(script, arguments.map(\.description), input: input)
}

/// Starts a Python peer: the helpers of `PythonPeer`, then `script`, which reads its arguments from `arguments`.
func python(_ script: String, _ words: [String], input: ChildProcess.Input = .empty) throws -> ChildProcess {
    try start(#require(Tool.python3.path), ["-u", "-c", PythonPeer.prelude + script] + words, input: input)
}

/// A path in the test's own directory.
func scratch(_ name: String) throws -> String { try Scene.required().directory + "/" + name }
