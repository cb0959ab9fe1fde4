/// Another netcat, started so that it half-closes at the end of its input and reads on until its peer has ended.
struct Netcat {
    let tool: Tool

    init(_ tool: Tool) { self.tool = tool }

    /// Those that do the same job.
    static let all: [Tool] = [.nc, .ncat, .socat]

    /// Takes one client on 127.0.0.1; `boundPort` tells where.
    func listen(sending text: String) throws -> ChildProcess {
        switch tool {
        case .ncat: try start(tool, "-l", "127.0.0.1", "0", input: .text(text))
        case .socat: try start(tool, "-t10", "-", "TCP4-LISTEN:0,bind=127.0.0.1", input: .text(text))
        default: try start(tool, "-N", "-l", "127.0.0.1", "0", input: .text(text))
        }
    }

    /// Dials 127.0.0.1.
    func dial(_ port: Int, sending text: String) throws -> ChildProcess {
        try dial(port, input: .text(text))
    }

    /// Dials 127.0.0.1.
    func dial(_ port: Int, input: ChildProcess.Input) throws -> ChildProcess {
        switch tool {
        case .ncat: try start(tool, "127.0.0.1", "\(port)", input: input)
        case .socat: try start(tool, "-t10", "-", "TCP4:127.0.0.1:\(port)", input: input)
        default: try start(tool, "-N", "127.0.0.1", "\(port)", input: input)
        }
    }
}
