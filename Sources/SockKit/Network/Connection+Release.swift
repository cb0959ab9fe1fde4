/// Giving the socket away.
extension Connection {
    /// Takes the socket away from the loop, open and non-blocking, unless it was given and was not; nil once closed.
    /// The connection is closed after that.
    package func release() -> FileDescriptor? {
        _ = localEndpoint
        return descriptor.release()
    }
}
