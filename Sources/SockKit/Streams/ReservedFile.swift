/// A file that is opened before there is anything to put into it, so that it does not fail later for want of a folder.
///
/// What it holds stays until something is written. Where it had to be made, `made` takes it away again, empty as it is.
package struct ReservedFile: ~Copyable, Sendable {
    private let descriptor: FileDescriptor
    /// Nil where the file was there before.
    package let made: OwnedPath?

    package init(_ path: ByteString) throws(Errno) {
        // Whoever looks first, and opens it then, may take for his own what somebody else has made in between.
        if let new = try? FileCalls.openOutput(path, for: .new) {
            made = OwnedPath(path, descriptor: new.rawValue)
            descriptor = new
        } else {
            made = nil
            descriptor = try FileCalls.openOutput(path, for: .overwrite)
        }
    }

    package var number: Int32 { descriptor.rawValue }

    /// How many bytes it holds; nil where that says nothing, as of a pipe.
    package var size: Int? {
        guard let identity = try? FileCalls.identity(of: number), identity.kind == .regular else { return nil }
        return Int(identity.size)
    }

    /// Has the next write go behind so many of the bytes that a file holds, and cuts off the rest.
    package func cut(to size: Int = 0) throws(Errno) {
        // One that could not be looked at is not to be taken for a pipe, and overwritten from its first byte on.
        guard try FileCalls.identity(of: number).kind == .regular else { return }
        try FileCalls.truncate(number, to: size)
        try FileCalls.seek(number, to: size)
    }
}
