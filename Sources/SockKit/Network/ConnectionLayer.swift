/// What changes the bytes of a connection on their way between whoever uses it and the network: TLS.
///
/// It never waits: each call is one attempt on a socket that does not block, and says what has to be waited for. What it
/// could not send it keeps, so that a write never has to be repeated with the same bytes.
@Netpoller
package protocol ConnectionLayer: AnyObject, Sendable {
    /// Goes on with what both ends have to agree on before the first byte; `moved` is that they have.
    func handshake(_ number: Int32) -> LayerAttempt

    /// Reads into memory that is there for the moment of the call.
    func read(_ number: Int32, into bytes: UnsafeMutableRawBufferPointer) -> LayerAttempt

    /// As `read`, and what it gives is still to be read.
    func peek(_ number: Int32, into bytes: UnsafeMutableRawBufferPointer) -> LayerAttempt

    /// Writes as many of the bytes as the socket takes, and says how many: what is kept counts as written.
    func write(_ number: Int32, _ bytes: UnsafeRawBufferPointer) -> LayerAttempt

    /// How long until what was said without an answer is to be said again; nil where the network sees to that.
    func timeToRepeat() -> Duration?

    /// Says it again.
    func repeatUnanswered(_ number: Int32) -> LayerAttempt

    /// Sends what was kept.
    func flush(_ number: Int32) -> LayerAttempt

    /// What is kept is not to be sent any more: a read that would wait fails, and so does a write, with what the socket
    /// said, or with this.
    func failSending(_ cause: NetworkError.Cause)

    /// Whether the other side is told that no more will be written, while reading goes on.
    var saysEnd: Bool { get }

    /// Whether it has been told so.
    var hasSaidEnd: Bool { get }

    /// How many of the bytes that were written are among the last so many that the kernel took.
    func payload(amongLast count: Int) -> Int

    /// How many of the last `most` bytes that were written the kernel has not taken. They do not count as written from now
    /// on, to the next write.
    func disownKept(_ most: Int) -> Int

    /// Says that no more will be written, where that is to be said, or in any case; reading goes on. It fails where nothing
    /// can be said any more.
    func endWriting(_ number: Int32, inAnyCase: Bool) -> LayerAttempt

    /// Says goodbye, as far as the socket takes it.
    func close(_ number: Int32)

    /// Whether both ends have agreed.
    var isEstablished: Bool { get }
    /// Whether a write is one message, and a read another one.
    var keepsMessages: Bool { get }
    /// Bytes are here that a read would give without asking the kernel.
    var holdsInput: Bool { get }
    /// The kernel had no more when it was asked in the last attempt; false where it was not asked.
    var isDrained: Bool { get }
    /// How many bytes are kept that are to be sent, as the network will have them.
    var bytesKept: Int { get }
    /// Why sending has failed: what was kept is lost.
    var sendingFailure: NetworkError.Cause? { get }
}

extension ConnectionLayer {
    var holdsOutput: Bool { bytesKept > 0 }
    var hasBroken: Bool { sendingFailure != nil }
}

/// What one attempt of a layer came to.
package enum LayerAttempt: Sendable {
    /// So many bytes.
    case moved(Int)
    /// The peer has said that no more comes.
    case end
    /// The socket has to be readable first.
    case wantsRead
    /// The socket has to be writable first.
    case wantsWrite
    /// There may be more, and others are to have their turn first.
    case wantsTurn
    case failed(NetworkError.Cause)
}
