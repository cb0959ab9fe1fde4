import SockKit

/// The file of `--svg`, opened before the measuring so that it does not fail for want of a directory.
struct PictureFile: ~Copyable {
    private let descriptor: FileDescriptor
    private let path: String

    /// Opens the file; nil, with the failure reported, where that cannot be.
    init?(_ path: String, _ reporter: Reporter) {
        do throws(Errno) {
            descriptor = try FileCalls.open(path, for: .write)
            self.path = path
        } catch {
            reporter.report(.failed(Failure(error, "open", path)))
            return nil
        }
    }

    /// Writes the picture; false, with the failure reported, where that fails.
    func write(_ plot: Plot, _ reporter: Reporter) -> Bool {
        let bytes = Array(plot.svg.utf8)
        do throws(Errno) {
            try FileCalls.writeBlocking(descriptor.rawValue, bytes.span)
            return true
        } catch {
            reporter.report(.failed(Failure(error, "write", path)))
            return false
        }
    }
}
