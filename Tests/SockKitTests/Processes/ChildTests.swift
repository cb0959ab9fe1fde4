import Testing

@testable import SockKit

/// Children as streams, and their ends.
@Suite(.timeLimit(.minutes(5))) struct ChildTests {
    private static func shell(_ line: String) -> ChildProgram { ChildProgram(["/bin/sh", "-c", ByteString(line)]) }

    @Test func `a child is a stream with an end each way, and tells its status once it is over`() async throws {
        try await onLoop {
            let child = try await Child.start(Self.shell("sort; exit 3"), setting: [])
            try await child.stream.write(Array("b\na\n".utf8))
            try child.stream.closeWrite()
            #expect(String(decoding: try await child.stream.readAll(), as: UTF8.self) == "a\nb\n")
            #expect(try await child.wait() == .exit(3))
            #expect(try await child.wait() == .exit(3))
            #expect(!child.hasGroup)
            child.stream.close()
        }
    }

    @Test func `what nobody reads any more is thrown away, and the child is still heard`() async throws {
        try await onLoop {
            let child = try await Child.start(Self.shell("exec <&-; echo deaf; exec sleep 100"), setting: [])
            try await child.stream.waitUntilGone()
            try await child.stream.write([UInt8](repeating: 1, count: 1 << 20))
            #expect(child.stream.plainSink == nil)
            #expect(String(decoding: try await child.stream.readChunk().copy(), as: UTF8.self) == "deaf\n")
            child.signalGroup(.hangUp)
            #expect(try await child.wait() == .signal(Signal.hangUp.number))
            child.stream.close()
        }
    }

    @Test func `the group is told, and is there as long as anybody is in it`() async throws {
        try await onLoop {
            let child = try await Child.start(Self.shell("sleep 100 >/dev/null & exit 0"), setting: [])
            #expect(try await child.wait() == .exit(0))
            #expect(child.hasGroup)
            child.signalGroup(.kill)
            try await waitUntil("the end of the group") { !child.hasGroup }
            child.stream.close()
        }
    }

    @Test func `variables are set, and what is withheld is not inherited`() async throws {
        try await onLoop {
            var program = ChildProgram(["env"], withholding: ["PATH"])
            program.givesErrors = true
            let child = try await Child.start(program, setting: [.init("A", "1=2")])
            let lines = String(decoding: try await child.stream.readAll(), as: UTF8.self).split(separator: "\n")
            #expect(lines.contains("A=1=2") && !lines.contains { $0.hasPrefix("PATH=") })
            #expect(await child.errors?.read() == nil)
            #expect(try await child.wait() == .exit(0))
            child.stream.close()
        }
    }

    @Test(arguments: [
        ("/nowhere/at-all", Errno.noSuchFile), ("/etc", .permissionDenied), ("no-such-program", .noSuchFile),
    ])
    func `what cannot be run says why, and leaves nothing`(path: String, errno: Errno) async throws {
        try await onLoop {
            await #expect(throws: ChildFailure(errno: errno, call: "posix_spawn")) {
                _ = try await Child.start(ChildProgram([ByteString(path)]), setting: [])
            }
        }
    }

    @Test func `many start at once, each with its own ends`() async throws {
        try await onLoop {
            let tasks = (0..<40).map { number in
                Netpoller.spawn { () async throws -> String in
                    let child = try await Child.start(Self.shell("cat; echo $N"), setting: [.init("N", "\(number)")])
                    try await child.stream.write(Array("<".utf8))
                    try child.stream.closeWrite()
                    let text = String(decoding: try await child.stream.readAll(), as: UTF8.self)
                    #expect(try await child.wait() == .exit(0))
                    child.stream.close()
                    return text
                }
            }
            for (number, task) in tasks.enumerated() {
                let text = try await task.value
                #expect(text == "<\(number)\n")
            }
        }
    }

    @Test func `on a terminal the end of the input is typed`() async throws {
        try await onLoop {
            var program = Self.shell("stty -echo; echo ready; cat; echo over")
            program.usesTerminal = true
            let child = try await Child.start(program, setting: [])
            var text = ""
            while !text.hasSuffix("ready\r\n") {
                text += String(decoding: try await child.stream.readChunk().copy(), as: UTF8.self)
            }
            try await child.stream.write(Array("half a line".utf8))
            try child.stream.closeWrite()
            #expect(String(decoding: try await child.stream.readAll(), as: UTF8.self) == "half a lineover\r\n")
            #expect(try await child.wait() == .exit(0))
            child.stream.close()
        }
    }
}

extension ByteStream {
    fileprivate func readAll() async throws(NetworkError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let chunk = try await readChunk()
            if chunk.isEnd { return bytes }
            bytes += chunk.copy()
        }
    }
}
