import SockKit

extension PairedStream {
    /// Standard input and output, as far as a command uses them.
    static func standard(_ transfer: TransferArguments) throws(NetworkError) -> PairedStream {
        let source: ByteSource? = transfer.receivesOnly ? nil : try .standardInput()
        let sink = try ByteSink.standardOutput()
        guard transfer.sendsOnly else { return PairedStream(source: source, sink: sink) }
        // Nothing will ever come: whoever reads it is to know now.
        sink.end()
        return PairedStream(source: source, sink: nil)
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
            // A pipe has no space to lack: it is the limit of what the loop may watch (epoll_ctl(2)).
            let call = error == .noSpace ? "epoll_ctl" : "read"
            throw NetworkError(.read, .standardInput, cause: .system(error, call: call))
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
