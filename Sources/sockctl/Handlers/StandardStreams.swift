import SockKit

extension PairedStream {
    /// Standard input and output, as far as a command uses them.
    static func standard(_ transfer: TransferArguments) throws(NetworkError) -> PairedStream {
        PairedStream(
            source: transfer.receivesOnly ? nil : try .standardInput(),
            sink: transfer.sendsOnly ? nil : try .standardOutput())
    }
}

extension ByteSource {
    static func standardInput() throws(NetworkError) -> ByteSource {
        do throws(Errno) {
            let input = try ByteSource(given: 0)
            // Found out now, before a peer is bothered.
            guard !input.isDirectory else { throw Errno.isDirectory }
            return input
        } catch {
            throw NetworkError(.read, .standardInput, cause: .system(error, call: "read"))
        }
    }
}

extension ByteSink {
    static func standardOutput() throws(NetworkError) -> ByteSink {
        do throws(Errno) { return try ByteSink(given: 1) } catch {
            throw NetworkError(.write, .standardOutput, cause: .system(error, call: "write"))
        }
    }
}
