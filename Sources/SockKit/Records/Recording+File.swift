/// A record that is in a file.
extension Recording {
    /// Reads a record, in whichever form it is. What blocks does so beside the loop.
    @Netpoller
    package static func read(_ path: ByteString, limits: RecordLimits = RecordLimits()) async throws(NetworkError)
        -> Recording
    {
        let result: Result<Recording, NetworkError>
        do throws(DescriptorThreadFailure) {
            result = try await Netpoller.offload { contents(path, limits) }
        } catch {
            let cause: NetworkError.Cause =
                if case .system(let number) = error { .system(number, call: "pthread_create") } else { .cancelled }
            throw failure(path, cause)
        }
        return try result.get()
    }

    private static func contents(_ path: ByteString, _ limits: RecordLimits) -> Result<Recording, NetworkError> {
        var call = "open"
        do throws(Errno) {
            let file = try FileCalls.open(path, for: .read)
            call = "read"
            var reader = RecordReader(limits: limits)
            while true {
                let bytes = try FileCalls.readBlocking(file.rawValue, upTo: 1 << 18)
                do throws(MessageError) {
                    if bytes.isEmpty { return .success(try reader.finish()) }
                    try reader.push(bytes.span)
                } catch {
                    return .failure(failure(path, .message(error)))
                }
            }
        } catch {
            return .failure(failure(path, .system(error, call: call)))
        }
    }

    private static func failure(_ path: ByteString, _ cause: NetworkError.Cause) -> NetworkError {
        NetworkError(.read, .file(path.description), cause: cause)
    }
}
