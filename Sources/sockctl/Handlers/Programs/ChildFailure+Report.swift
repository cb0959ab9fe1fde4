import SockKit

extension ExitStatus {
    /// As shells have it: 127 for a program that is not found, 126 for one that cannot be run.
    init(of error: ChildFailure) {
        guard error.isOfProgram else {
            self = .system
            return
        }
        self = .program(error.errno == .noSuchFile || error.errno == .notDirectory ? 127 : 126)
    }
}

extension Failure {
    /// A program that could not be started for a peer.
    init(_ error: ChildFailure, _ program: ChildProgram, of ends: Ends) {
        let path = program.words.first ?? ""
        let call = error.isOfProgram ? "" : "\(error.call): "
        self.init(code: error.errno.name, message: "run \(path): \(call)\(error.errno)")
        hint = error.isOfProgram ? Self.advice(on: error.errno, path) : nil
        operation = "run"
        self.call = error.call
        (network, local, remote, connection) = (ends.network, ends.local, ends.remote, ends.connection)
    }

    private static func advice(on error: Errno, _ path: ByteString) -> String? {
        let isLookedFor = !path.bytes.contains(UInt8(ascii: "/"))
        switch error {
        case .noSuchFile where isLookedFor: return "no directory of PATH has a program of this name"
        case .noSuchFile:
            guard (try? FileCalls.identity(ofPath: path)) != nil else { return nil }
            return "the file is there: what its first line names to run it, or its loader, is not"
        case .permissionDenied:
            if !isLookedFor, let kind = try? FileCalls.identity(ofPath: path).kind, kind == .directory {
                return "it is a folder: name a program in it"
            }
            return "is it a program? to make it one: chmod +x \(path)"
        case .noProgramFormat: return "a script names in its first line what runs it, as #!/bin/sh"
        default: return nil
        }
    }
}
