private import CLinux
private import Glibc

/// The calls of io_uring(7), and those that share its memory.
enum UringCalls {
    /// Makes a pair of rings, with room for so many submissions and more completions. io_uring_setup(2).
    static func setup(entries: Int) throws(Errno) -> UringDescriptor {
        var parameters = sk_uring_parameters()
        // The descriptor is close-on-exec without being told.
        let number = try SystemCall.perform("io_uring_setup", on: -1, arguments: "\(entries), {flags=0}") {
            unsafe Int(sk_uring_setup(UInt32(entries), &parameters))
        }
        let descriptor = FileDescriptor(adopting: Int32(number))
        // Linux 5.7: both rings are in one piece of memory, no completion is lost for want of room, and a receive that
        // has to wait does not take a thread of the kernel's.
        let needed = UInt32(SK_IORING_FEAT_SINGLE_MMAP | SK_IORING_FEAT_NODROP | SK_IORING_FEAT_FAST_POLL)
        guard parameters.features & needed == needed else { throw .noFunction }
        return UringDescriptor(descriptor, UringLayout(parameters))
    }

    /// Hands over so many submissions and takes what has been completed, after waiting for one if there is none.
    /// io_uring_enter(2).
    ///
    /// Interrupted, the call has handed over nothing, and may be made again as it was.
    static func enter(
        _ ring: Int32, submitting count: Int, waits: Bool, arguments: @autoclosure () -> String
    ) throws(Errno) {
        _ = try SystemCall.perform("io_uring_enter", on: ring, arguments: arguments()) {
            Int(sk_uring_enter(ring, UInt32(count), waits ? 1 : 0, UInt32(SK_IORING_ENTER_GETEVENTS)))
        }
    }

    /// Which memory of a ring is meant.
    enum Part {
        case rings, submissions

        fileprivate var offset: Int {
            switch self {
            case .rings: Int(SK_IORING_OFF_SQ_RING)
            case .submissions: Int(SK_IORING_OFF_SQES)
            }
        }

        fileprivate var name: String {
            switch self {
            case .rings: "IORING_OFF_SQ_RING"
            case .submissions: "IORING_OFF_SQES"
            }
        }
    }

    /// Shares a part of the ring's memory with the kernel, until it is unmapped. mmap(2).
    static func map(_ part: Part, bytes: Int, of ring: Int32) throws(Errno) -> UnsafeMutableRawPointer {
        let address = try SystemCall.perform(
            "mmap", on: ring,
            arguments: "NULL, \(bytes), PROT_READ|PROT_WRITE, MAP_SHARED|MAP_POPULATE, \(ring), \(part.name)"
        ) {
            unsafe Int(
                bitPattern: mmap(
                    nil, bytes, PROT_READ | PROT_WRITE, Int32(MAP_SHARED) | Int32(MAP_POPULATE), ring, part.offset))
        }
        // Where nothing was asked for, the kernel never chooses the address 0.
        return unsafe UnsafeMutableRawPointer(bitPattern: address)!
    }

    static func unmap(_ address: UnsafeMutableRawPointer, bytes: Int) {
        _ = try? SystemCall.perform("munmap", on: -1, arguments: "\(bytes) bytes") {
            unsafe Int(munmap(address, bytes))
        }
    }
}

/// A ring that has been made, and where in its memory everything is.
struct UringDescriptor: ~Copyable {
    let descriptor: FileDescriptor
    let layout: UringLayout

    fileprivate init(_ descriptor: consuming FileDescriptor, _ layout: UringLayout) {
        self.descriptor = descriptor
        self.layout = layout
    }

    /// Gives the ownership of the descriptor up.
    consuming func release() -> FileDescriptor { descriptor }
}

/// Where the words of the rings are: offsets in bytes from the beginning of the memory that the kernel shares.
struct UringLayout {
    struct Ring {
        let head: Int
        let tail: Int
        let count: Int
    }

    let submissions: Ring
    let completions: Ring
    /// Where the submission ring has the indices of its entries, which are elsewhere.
    let indices: Int
    /// Where the completion ring has its entries.
    let entries: Int

    fileprivate init(_ parameters: sk_uring_parameters) {
        let (first, second) = (parameters.submissions, parameters.completions)
        submissions = Ring(
            head: Int(first.head), tail: Int(first.tail), count: Int(parameters.submission_entries))
        completions = Ring(
            head: Int(second.head), tail: Int(second.tail), count: Int(parameters.completion_entries))
        indices = Int(first.array)
        entries = Int(second.completions)
    }

    /// How many bytes both rings take.
    var bytes: Int {
        max(
            indices + submissions.count * MemoryLayout<UInt32>.stride,
            entries + completions.count * MemoryLayout<sk_uring_completion>.stride)
    }
}
