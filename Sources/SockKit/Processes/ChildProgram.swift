/// A program to be run, any number of times, and what each run has for its standard streams.
package struct ChildProgram: Sendable {
    /// Its name, which is looked for in PATH if there is no slash in it, and its arguments.
    package var words: [ByteString]
    /// Variables of this process's environment, as `NAME=value`.
    private let inherited: [[UInt8]]
    /// It runs on a terminal of its own.
    package var usesTerminal = false
    /// What it says on standard error comes here; otherwise it goes where ours goes.
    package var givesErrors = false

    /// A program that inherits the environment but for these variables.
    package init(_ words: [ByteString], withholding names: Set<String> = []) {
        self.words = words
        inherited = ProcessCalls.environment.filter { entry in
            let name = entry.prefix { $0 != UInt8(ascii: "=") }
            return !names.contains(String(decoding: name, as: UTF8.self))
        }
    }

    /// A variable of its environment.
    package struct Variable: Sendable {
        package let name: String
        package let value: ByteString

        package init(_ name: String, _ value: ByteString) {
            (self.name, self.value) = (name, value)
        }
    }

    func environment(with variables: [Variable]) -> [[UInt8]] {
        inherited + variables.map { Array("\($0.name)=".utf8) + $0.value.bytes }
    }
}

/// Why a program could not be started.
package struct ChildFailure: Error, Sendable, Hashable {
    package let errno: Errno
    /// The call that failed.
    package let call: String

    /// It was the program that could not be run, and not this process that lacked something.
    package var isOfProgram: Bool {
        guard call == "posix_spawn" else { return false }
        return ![.wouldBlock, .noMemory, .tooManyOpenFiles, .tooManyOpenFilesInSystem].contains(errno)
    }
}
