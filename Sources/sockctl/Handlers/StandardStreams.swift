import SockKit

/// Standard input and output as a command uses them.
@Netpoller
struct StandardStreams {
    /// nil where it is not read.
    let input: ByteSource?
    /// nil where it is not written.
    let output: ByteSink?

    init(_ transfer: TransferArguments) throws(NetworkError) {
        do throws(Errno) { input = transfer.receivesOnly ? nil : try ByteSource(given: 0) } catch {
            throw NetworkError(.read, network: nil, cause: .system(error, call: "read standard input"))
        }
        do throws(Errno) { output = transfer.sendsOnly ? nil : try ByteSink(given: 1) } catch {
            throw NetworkError(.write, network: nil, cause: .system(error, call: "write standard output"))
        }
        // Found out now, before a peer is bothered.
        if let input, input.isDirectory {
            throw NetworkError(.read, network: nil, cause: .system(.isDirectory, call: "read standard input"))
        }
    }
}
