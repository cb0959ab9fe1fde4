import Testing

/// What standard input can be. The end-of-data rule looks at it.
enum InputKind: String, CaseIterable, Sendable {
    case file, pipe, socket, terminal

    /// Starts sockctl with this as its standard input, with these bytes in it and then its end.
    func start(_ arguments: [String], sending bytes: [UInt8]) throws -> ChildProcess {
        switch self {
        case .file:
            let path = try scratch("input")
            try writeFile(path, bytes)
            return try sockctl(arguments, input: .file(path))
        case .pipe: return try sockctl(arguments, input: .bytes(bytes))
        case .socket, .terminal: return try handing(arguments, input: .bytes(bytes))
        }
    }

    /// Starts sockctl with this as its standard input, which gets what is sent to the program, and its end.
    func startOpen(_ arguments: [String]) throws -> ChildProcess {
        self == .pipe ? try sockctl(arguments, input: .open) : try handing(arguments, input: .open)
    }

    /// A program that hands on what it reads. It ends as sockctl does, whose other streams are its own.
    private func handing(_ arguments: [String], input: ChildProcess.Input) throws -> ChildProcess {
        try python(
            """
            import pty, subprocess, termios, threading
            if arguments[0] == "terminal":
                ours, theirs = pty.openpty()
                modes = termios.tcgetattr(theirs)
                modes[3] &= ~termios.ECHO
                termios.tcsetattr(theirs, termios.TCSANOW, modes)
            else: ours, theirs = (end.detach() for end in socket.socketpair())
            program = subprocess.Popen(arguments[1:], stdin=theirs)
            os.close(theirs)
            def hand():
                try:
                    while part := os.read(0, 1 << 16):
                        while part: part = part[os.write(ours, part):]
                    if arguments[0] == "terminal": os.write(ours, b"\\x04")
                    else: socket.socket(fileno=ours).shutdown(socket.SHUT_WR)
                except OSError: pass
            threading.Thread(target=hand, daemon=True).start()
            signal.signal(signal.SIGTERM, lambda *_: program.terminate())
            os._exit(program.wait() % 256)
            """, [rawValue, #require(Binary.sockctl)] + arguments, input: input)
    }
}

/// Connects sockctl, whose standard input is of that kind and ends after these bytes, with a peer.
func join(
    _ side: Side, _ options: String..., from kind: InputKind, sending bytes: [UInt8], peer script: String
) async throws -> Pair {
    try await join(side, options, peer: script) { try kind.start($0, sending: bytes) }
}

/// Connects sockctl, whose standard input is of that kind and stays open, with a peer.
func join(_ side: Side, _ options: String..., from kind: InputKind, peer script: String) async throws -> Pair {
    try await join(side, options, peer: script) { try kind.startOpen($0) }
}
