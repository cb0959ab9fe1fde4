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

extension FileDescriptor {
    /// Nobody has the other end of this pipe any more.
    var isAtEnd: Bool {
        get throws {
            var byte: UInt8 = 0
            let attempt = try unsafe withUnsafeMutableBytes(of: &byte) { room throws(Errno) in
                try unsafe TransferCalls.read(rawValue, into: room)
            }
            if case .done(0) = attempt { return true }
            return false
        }
    }
}
