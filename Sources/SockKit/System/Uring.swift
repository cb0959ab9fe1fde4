private import CLinux
private import Glibc

/// Two rings that are shared with the kernel, io_uring(7): one takes what is to be done, the other says what came of it.
///
/// One thread uses it. What makes that safe:
///
/// - Of each ring one side writes only the tail and the other only the head, and either is published with a release and
///   read with an acquire. So an entry is whole before its reader sees it, and has been read before it is written again.
/// - Memory that a submission names is in a `UringBuffer`, and the ring keeps that in `underWay` until the completion has
///   been taken. What is under way when the ring goes away is kept for ever: closing the ring cancels it some time later.
/// - Of one descriptor no more than one submission of each kind is under way; so a tag names it.
@safe final class Uring {
    private let descriptor: FileDescriptor
    private let layout: UringLayout
    private let rings: UnsafeMutableRawPointer
    private let submissions: UnsafeMutablePointer<sk_uring_submission>
    private let completions: UnsafeMutablePointer<sk_uring_completion>
    private let heads: (submissions: UnsafeMutablePointer<UInt32>, completions: UnsafeMutablePointer<UInt32>)
    private let tails: (submissions: UnsafeMutablePointer<UInt32>, completions: UnsafeMutablePointer<UInt32>)
    /// Only this side writes these two; the shared words are their published copies.
    private var submitted: UInt32
    private var taken: UInt32
    private var underWay: [UInt64: UringBuffer] = [:]

    /// Room for so many submissions, a power of two.
    init(entries: Int) throws(Errno) {
        let made = try UringCalls.setup(entries: entries)
        layout = made.layout
        unsafe rings = try UringCalls.map(.rings, bytes: layout.bytes, of: made.descriptor.rawValue)
        let bytes = layout.submissions.count * MemoryLayout<sk_uring_submission>.stride
        do throws(Errno) {
            unsafe submissions = try UringCalls.map(.submissions, bytes: bytes, of: made.descriptor.rawValue)
                .bindMemory(to: sk_uring_submission.self, capacity: layout.submissions.count)
        } catch {
            unsafe UringCalls.unmap(rings, bytes: layout.bytes)
            throw error
        }
        unsafe completions = (rings + layout.entries)
            .bindMemory(to: sk_uring_completion.self, capacity: layout.completions.count)
        unsafe heads = (Self.word(rings, layout.submissions.head), Self.word(rings, layout.completions.head))
        unsafe tails = (Self.word(rings, layout.submissions.tail), Self.word(rings, layout.completions.tail))
        // The kernel reads the entries by way of indices, and here each has always the same.
        for index in 0..<layout.submissions.count {
            unsafe Self.word(rings, layout.indices + index * 4).pointee = UInt32(index)
        }
        submitted = unsafe sk_load_acquire(tails.submissions)
        taken = unsafe sk_load_acquire(heads.completions)
        descriptor = made.release()
    }

    deinit {
        for buffer in underWay.values { _ = unsafe Unmanaged.passRetained(buffer) }
        unsafe UringCalls.unmap(
            submissions, bytes: layout.submissions.count * MemoryLayout<sk_uring_submission>.stride)
        unsafe UringCalls.unmap(rings, bytes: layout.bytes)
    }

    private static func word(_ rings: UnsafeMutableRawPointer, _ offset: Int) -> UnsafeMutablePointer<UInt32> {
        unsafe (rings + offset).bindMemory(to: UInt32.self, capacity: 1)
    }

    // MARK: - What is to be done

    /// What a submission asks for: IORING_OP_POLL_ADD, ASYNC_CANCEL, SEND and RECV, <linux/io_uring.h>.
    enum Operation: UInt8 {
        case poll = 6
        case cancel = 14
        case send = 26
        case receive = 27
    }

    /// How many submissions the kernel has not taken.
    private var waiting: UInt32 {
        // The acquire: the kernel has read the entries before this head, and they may be written again.
        submitted &- (unsafe sk_load_acquire(heads.submissions))
    }

    /// Whether one more submission can be added.
    var hasRoom: Bool { waiting < layout.submissions.count }

    /// Asks for bytes, as many as come and the buffer holds.
    func receive(_ number: Int32, into buffer: UringBuffer) {
        add(.receive, number, buffer, 0..<buffer.count, flags: 0)
    }

    /// Asks for some of the buffer's bytes to be sent.
    func send(_ number: Int32, _ bytes: Range<Int>, of buffer: UringBuffer) {
        add(.send, number, buffer, bytes, flags: UInt32(MSG_NOSIGNAL))
    }

    /// Asks that a submission which is under way be given up; its own completion says so.
    func cancel(_ operation: Operation, _ number: Int32) {
        add(.cancel, number, nil, 0..<0, flags: 0, address: Completion.tag(operation, number))
    }

    /// Asks to be told, once, when the descriptor is readable.
    func watch(_ number: Int32) {
        add(.poll, number, nil, 0..<0, flags: UInt32(POLLIN))
    }

    /// Adds a submission, for which there must be room; the next `enter` hands it over.
    private func add(
        _ operation: Operation, _ number: Int32, _ buffer: UringBuffer?, _ bytes: Range<Int>, flags: UInt32,
        address: UInt64 = 0
    ) {
        precondition(hasRoom)
        let tag = Completion.tag(operation, number)
        var entry = sk_uring_submission()
        entry.operation = operation.rawValue
        entry.descriptor = number
        entry.operation_flags = flags
        entry.user_data = tag
        entry.address = address
        if let buffer {
            precondition(underWay[tag] == nil && bytes.lowerBound >= 0 && bytes.upperBound <= buffer.count)
            underWay[tag] = buffer
            entry.address = UInt64(UInt(bitPattern: unsafe buffer.address + bytes.lowerBound))
            entry.length = UInt32(bytes.count)
        }
        unsafe submissions[Int(submitted) & (layout.submissions.count - 1)] = entry
        submitted &+= 1
        // The release: the kernel sees the entry whole if it sees the new tail.
        unsafe sk_store_release(tails.submissions, submitted)
    }

    // MARK: - What came of it

    struct Completion {
        let operation: Operation
        let descriptor: Int32
        let result: Result<Int, Errno>

        fileprivate static func tag(_ operation: Operation, _ number: Int32) -> UInt64 {
            UInt64(operation.rawValue) << 32 | UInt64(UInt32(bitPattern: number))
        }

        fileprivate init?(_ entry: sk_uring_completion) {
            guard let operation = Operation(rawValue: UInt8(truncatingIfNeeded: entry.user_data >> 32)) else {
                return nil
            }
            self.operation = operation
            descriptor = Int32(truncatingIfNeeded: entry.user_data)
            result = entry.result < 0 ? .failure(Errno(rawValue: -entry.result)) : .success(Int(entry.result))
        }
    }

    /// Hands over what was added, in one call, and with `waits` waits until something has been completed.
    ///
    /// What the kernel has not taken, for want of memory or of room for completions, the next call hands over.
    func enter(waits: Bool) throws(Errno) {
        let (first, count) = (submitted &- waiting, waiting)
        do throws(Errno) {
            try UringCalls.enter(
                descriptor.rawValue, submitting: Int(count), waits: waits,
                arguments: arguments(first, count, waits))
        } catch {
            // Until Linux 5.19 nothing is taken while completions wait for room: it is made by taking some.
            guard error == .busy, hasCompletions else { throw error }
        }
    }

    /// Takes all that has been completed.
    func takeCompletions() -> [Completion] {
        // The acquire: the kernel has written the entries before this tail.
        let tail = unsafe sk_load_acquire(tails.completions)
        var list: [Completion] = []
        while taken != tail {
            let entry = unsafe completions[Int(taken) & (layout.completions.count - 1)]
            taken &+= 1
            underWay[entry.user_data] = nil
            if let completion = Completion(entry) { list.append(completion) }
        }
        // The release: the entries have been read, and the kernel may write them again.
        unsafe sk_store_release(heads.completions, taken)
        return list
    }

    private var hasCompletions: Bool { taken != (unsafe sk_load_acquire(tails.completions)) }
}

// MARK: - Its calls, as a trace has them

extension Uring {
    /// What strace does not show: the submissions, and the completions that have not been taken.
    private func arguments(_ first: UInt32, _ count: UInt32, _ waits: Bool) -> String {
        let asked = (0..<count).map { index in
            let entry = unsafe submissions[Int(first &+ index) & (layout.submissions.count - 1)]
            let what = Operation(rawValue: entry.operation)?.description ?? "\(entry.operation)"
            return "\(what) \(entry.descriptor)" + (entry.length > 0 ? " \(entry.length) bytes" : "")
        }
        let come = (unsafe sk_load_acquire(tails.completions)) &- taken
        let answers = (0..<come).compactMap { index in
            Completion(unsafe completions[Int(taken &+ index) & (layout.completions.count - 1)])?.description
        }
        return "\(descriptor.rawValue), [\(asked.joined(separator: ", "))], \(waits ? 1 : 0), "
            + "IORING_ENTER_GETEVENTS, [\(answers.joined(separator: ", "))]"
    }
}

extension Uring.Operation: CustomStringConvertible {
    var description: String {
        switch self {
        case .poll: "POLL_ADD"
        case .cancel: "ASYNC_CANCEL"
        case .send: "SEND"
        case .receive: "RECV"
        }
    }
}

extension Uring.Completion: CustomStringConvertible {
    var description: String {
        switch result {
        case .success(let value): "\(operation) \(descriptor) = \(value)"
        case .failure(let error): "\(operation) \(descriptor) = \(error.name)"
        }
    }
}
