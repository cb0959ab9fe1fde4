/// What a client of datagrams has to say once more before anything is kept of it: that it is where it says it is.
///
/// A cookie is the address, signed: nothing has to be remembered of those who never come back.
@safe enum TLSCookie {
    /// Known to this process alone.
    private static let secret: [UInt8] = (0..<32).map { _ in UInt8.random(in: 0...255) }

    private static func cookie(of session: OpaquePointer?) -> [UInt8] {
        let source = unsafe TLSChannel.of(session: session)?.source ?? []
        // HMAC (RFC 2104), whose inner and outer keys fill a block of 64 bytes.
        let key = secret + [UInt8](repeating: 0, count: 32)
        let inner = SHA256.hash(key.map { $0 ^ 0x36 } + source)
        return SHA256.hash(key.map { $0 ^ 0x5C } + inner)
    }

    @Netpoller
    static func install(in context: TLSContext) {
        unsafe context.library.functions.SSL_CTX_set_cookie_generate_cb(context.handle, generate)
        unsafe context.library.functions.SSL_CTX_set_cookie_verify_cb(context.handle, verify)
    }

    private static let generate:
        @convention(c) (OpaquePointer?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt32>?) -> Int32 = {
            session, room, count in
            guard let room = unsafe room else { return 0 }
            let cookie = unsafe TLSCookie.cookie(of: session)
            for (index, byte) in cookie.enumerated() { unsafe room[index] = byte }
            unsafe count?.pointee = UInt32(cookie.count)
            return 1
        }

    private static let verify: @convention(c) (OpaquePointer?, UnsafePointer<UInt8>?, UInt32) -> Int32 = {
        session, bytes, count in
        let cookie = unsafe TLSCookie.cookie(of: session)
        guard let bytes = unsafe bytes, Int(count) == cookie.count else { return 0 }
        // How long it takes says nothing of where they differ.
        var difference: UInt8 = 0
        for (index, byte) in cookie.enumerated() { difference |= unsafe byte ^ bytes[index] }
        return difference == 0 ? 1 : 0
    }
}
