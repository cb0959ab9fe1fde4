import SockKit

/// The two ends of a pipe of the library's making.
struct PipeEnds: ~Copyable {
    let reader: FileDescriptor
    let writer: FileDescriptor

    init() throws {
        let ends = try FileCalls.pipe()
        reader = FileDescriptor(adopting: ends.reader)
        writer = FileDescriptor(adopting: ends.writer)
    }
}
