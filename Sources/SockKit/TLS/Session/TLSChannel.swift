/// The socket under a session, as the library reads and writes it: a BIO of our own, so that every system call passes the
/// gate, a peer that is gone raises no signal, and no attempt ever waits.
///
/// What one call of recv(2) gives is kept here and handed on in the library's portions, which are a record's head and then
/// its body. What the library writes is gathered, and goes with one call of send(2).
///
/// It belongs to one session, and is touched only while that one calls the library.
@safe final class TLSChannel {
    /// Whether what is written and what comes are datagrams: each is the library's in one piece.
    let keepsMessages: Bool
    /// Where each datagram of `output` ends.
    private var ends: [Int] = []
    /// Whom the datagrams are from that come from no socket of this session's.
    var source: [UInt8] = []
    /// The socket's number; good for the time of one call.
    var number: Int32 = -1
    /// Memory for what comes: lent by the session for a call, and kept only while something of it is left.
    var input: [UInt8] = []
    private(set) var waiting = 0..<0
    /// What was written and is not with the kernel yet.
    var output: [UInt8] = []
    private var outputStart = 0
    /// A call of recv(2) gave all that there was, in this attempt: of an earlier one that says nothing any more.
    var isDrained = false
    private(set) var hasEnded = false
    private var wasRefused = false
    /// How often something was received in this attempt: the library goes on by itself for as long as what comes is none of
    /// the user's, and others wait meanwhile.
    private var receptions = 0
    /// The attempt was ended though there may be more: it is to be made again when others have had their turn.
    private(set) var isTired = false
    /// Why nothing more comes, or goes: a peer that is gone may have said much before.
    private(set) var readFailure: Errno?
    private(set) var writeFailure: Errno?
    /// The bytes of the records, each way.
    private(set) var bytesReceived = 0
    private(set) var bytesSent = 0
    /// What came in clear where records should be, for whoever finds out that they are none.
    private(set) var firstBytes: [UInt8] = []
    private static let tellingBytes = 64
    /// The messages that went by; nil where nobody wants to know.
    var messages: TLSMessageLog?
    /// Where the secrets are written; nil where they are not.
    var keyLog: TLSKeyLog?
    /// What is wrong with the other side's certificates, by the library's numbers, where it is accepted all the same.
    var faults: [Int] = []
    /// Told of a session that can be resumed.
    var onSession: ((OpaquePointer) -> Bool)?

    init(keepsMessages: Bool) {
        self.keepsMessages = keepsMessages
    }

    var holdsInput: Bool { !waiting.isEmpty }
    var holdsOutput: Bool { outputStart < output.count }
    /// How many bytes of records are kept for the kernel.
    var outputCount: Int { output.count - outputStart }

    /// So often one attempt receives: once for the records, and once for the rest of the last.
    private static let mostReceptions = 2
    /// So much of what is to be sent may be kept where somebody reads: what comes may want answers, of which a peer that reads
    /// none is not to have more and more kept.
    static let mostAnswers = 128 * 1024

    func beginAttempt() {
        (isDrained, isTired, receptions) = (false, false, 0)
    }

    // MARK: - What the library asks for

    /// Gives as much as is there; nil if nothing is and the socket would have to be waited for, 0 at its end or failure.
    func read(into bytes: UnsafeMutableRawBufferPointer) -> Int? {
        if waiting.isEmpty {
            if hasEnded || readFailure != nil { return 0 }
            isTired = receptions == Self.mostReceptions || outputCount > Self.mostAnswers
            // Whoever has no socket yet is given its datagrams.
            guard !isTired, number >= 0, let count = receive() else { return nil }
            if count == 0 { return 0 }
            receptions += 1
        }
        let count = min(bytes.count, waiting.count)
        unsafe input.withUnsafeBytes { source in
            let part = unsafe source[waiting.lowerBound..<waiting.lowerBound + count]
            unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: part))
        }
        // What a datagram has beyond that is gone.
        waiting = keepsMessages ? 0..<0 : waiting.lowerBound + count..<waiting.upperBound
        return count
    }

    private func receive() -> Int? {
        let number = number
        do throws(Errno) {
            while true {
                var span = input.mutableSpan
                let attempt = try unsafe span.withUnsafeMutableBytes { bytes throws(Errno) in
                    try unsafe TransferCalls.receive(number, into: bytes)
                }
                guard case .done(let count) = attempt else {
                    isDrained = true
                    return nil
                }
                // An empty datagram is none of TLS.
                if keepsMessages, count == 0 { continue }
                note(count)
                return count
            }
        } catch {
            // That nobody is there any more stands before what he said while he was.
            if keepsMessages, error == .connectionRefused, !wasRefused {
                wasRefused = true
                if let count = receive() { return count }
            }
            readFailure = error
            return 0
        }
    }

    private func note(_ count: Int) {
        hasEnded = count == 0
        // A datagram says nothing of those behind it.
        isDrained = !keepsMessages && count > 0 && count < input.count
        // A stranger may speak in pieces; what a datagram is, it says alone.
        if bytesReceived == 0 || !keepsMessages && bytesReceived < Self.tellingBytes {
            firstBytes += input.prefix(min(count, Self.tellingBytes - firstBytes.count))
        }
        bytesReceived += count
        waiting = 0..<count
    }

    /// Keeps the bytes for the next `send`.
    func write(_ bytes: UnsafeRawBufferPointer) {
        unsafe output.append(contentsOf: bytes)
        if keepsMessages { ends.append(output.count) }
    }

    /// Takes a datagram that somebody else has received.
    func take(_ datagram: Span<UInt8>) {
        input = []
        input.append(datagram)
        waiting = 0..<input.count
    }

    /// Keeps nothing of what came.
    func forgetInput() {
        (input, waiting) = ([], 0..<0)
    }

    /// Gives away the datagrams that are to be sent, for somebody else to send them.
    func takeDatagrams() -> [[UInt8]] {
        var (datagrams, start): ([[UInt8]], Int) = ([], outputStart)
        for end in ends where end > start {
            datagrams.append(Array(output[start..<end]))
            start = end
        }
        (output, ends, outputStart) = ([], [], 0)
        return datagrams
    }

    // MARK: - What the session asks for

    /// Hands what is kept to the kernel; false if some of it has to wait. A failure drops it.
    func send() -> Bool {
        while holdsOutput, writeFailure == nil {
            let (number, start) = (number, outputStart)
            let end = keepsMessages ? ends.first { $0 > start } ?? output.count : output.count
            do throws(Errno) {
                let attempt = try unsafe output.span.withUnsafeBytes { bytes throws(Errno) in
                    try unsafe TransferCalls.send(number, UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
                }
                guard case .done(let count) = attempt else { return false }
                outputStart += count
                bytesSent += count
            } catch {
                writeFailure = error
            }
        }
        output.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        outputStart = 0
        return true
    }

    /// Takes memory that is only for what has to wait: an idle session keeps none.
    func compactOutput() {
        if holdsOutput {
            ends = ends.filter { $0 > outputStart }.map { $0 - outputStart }
            output = Array(output[outputStart...])
        } else {
            output = []
        }
        outputStart = 0
    }
}
