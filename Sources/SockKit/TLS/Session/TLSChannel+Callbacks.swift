/// What the library calls: the BIO's functions, made once.
extension TLSChannel {
    /// A BIO that reads and writes this channel, which must outlive it.
    func makeBIO(_ library: TLSLibrary) -> OpaquePointer? {
        let functions = library.functions
        guard let bio = unsafe functions.BIO_new(Self.method(library)) else { return nil }
        unsafe functions.BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        unsafe functions.BIO_set_init(bio, 1)
        return unsafe bio
    }

    // Invariant: made once, by the first session, and never changed: any thread may read it.
    private nonisolated(unsafe) static let method: OpaquePointer? = {
        guard let functions = try? TLSLibrary.shared().functions else { return nil }
        let type = functions.BIO_get_new_index() | TLSNumber.sourceSink
        guard let method = unsafe functions.BIO_meth_new(type, "sockctl") else { return nil }
        _ = unsafe functions.BIO_meth_set_read_ex(method, readCallback)
        _ = unsafe functions.BIO_meth_set_write_ex(method, writeCallback)
        _ = unsafe functions.BIO_meth_set_ctrl(method, controlCallback)
        return unsafe method
    }()

    private static func method(_ library: TLSLibrary) -> OpaquePointer? { unsafe method }

    /// The channel of a BIO.
    static func of(_ bio: OpaquePointer?) -> TLSChannel? {
        guard let bio = unsafe bio, let functions = try? TLSLibrary.shared().functions,
            let data = unsafe functions.BIO_get_data(bio)
        else { return nil }
        return unsafe Unmanaged<TLSChannel>.fromOpaque(data).takeUnretainedValue()
    }

    /// The channel under a session.
    static func of(session: OpaquePointer?) -> TLSChannel? {
        guard let session = unsafe session, let functions = try? TLSLibrary.shared().functions else { return nil }
        return unsafe of(functions.SSL_get_rbio(session))
    }
}

private let readCallback:
    @convention(c) (OpaquePointer?, UnsafeMutablePointer<CChar>?, Int, UnsafeMutablePointer<Int>?) -> Int32 = {
        bio, bytes, room, taken in
        guard let channel = unsafe TLSChannel.of(bio), let functions = try? TLSLibrary.shared().functions else {
            return 0
        }
        unsafe functions.BIO_clear_flags(bio, TLSNumber.retryAll)
        let target = unsafe UnsafeMutableRawBufferPointer(start: bytes, count: room)
        guard let count = unsafe channel.read(into: target) else {
            unsafe functions.BIO_set_flags(bio, TLSNumber.retryRead)
            unsafe taken?.pointee = 0
            return 0
        }
        unsafe taken?.pointee = count
        return count > 0 ? 1 : 0
    }

private let writeCallback:
    @convention(c) (OpaquePointer?, UnsafePointer<CChar>?, Int, UnsafeMutablePointer<Int>?) -> Int32 = {
        bio, bytes, count, taken in
        guard let channel = unsafe TLSChannel.of(bio) else { return 0 }
        unsafe channel.write(UnsafeRawBufferPointer(start: bytes, count: count))
        unsafe taken?.pointee = count
        return 1
    }

private let controlCallback: @convention(c) (OpaquePointer?, Int32, Int, UnsafeMutableRawPointer?) -> Int = {
    bio, question, _, _ in
    switch question {
    case TLSNumber.Question.flush: 1
    // Of IPv6 and UDP; of IPv4 it is less.
    case TLSNumber.Question.overhead: 48
    case TLSNumber.Question.end: unsafe TLSChannel.of(bio)?.hasEnded == true ? 1 : 0
    default: 0
    }
}
