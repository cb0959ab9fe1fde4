/// Numbers of the library's headers, where a function would be a macro there.
enum TLSNumber {
    /// `SSL_CTX_ctrl` and `SSL_ctrl`.
    enum Control {
        static let setMTU: Int32 = 17
        static let setMode: Int32 = 33
        /// Of datagrams: when what was not answered is to be sent again, and that it is time to.
        static let (getTimeout, handleTimeout): (Int32, Int32) = (73, 74)
        static let setSessionCache: Int32 = 44
        static let setServerNameCallback: Int32 = 53
        static let setServerNameArgument: Int32 = 54
        static let setServerName: Int32 = 55
        static let setMinimum: Int32 = 123
        static let setMaximum: Int32 = 124
        static let getGroup: Int32 = 134
    }

    /// Part of a write is a write; what is written again may lie elsewhere; an idle session keeps no buffers.
    static let modes = 1 | 2 | 16

    static let (version12, version13) = (0x303, 0x304)
    /// DTLS 1.2.
    static let datagramVersion = 0xFEFD
    /// The path is not asked how long a datagram may be.
    static let noMTUQuery: UInt64 = 1 << 12

    /// Nobody may begin the handshake anew in the middle of a connection.
    static let noRenegotiation: UInt64 = 1 << 30
    static let (clientCache, noInternalCache) = (1, 0x300)

    static let (verifyPeer, failWithoutCertificate): (Int32, Int32) = (1, 2)

    /// What `SSL_get_error` says.
    enum Outcome {
        static let protocolError: Int32 = 1
        static let (wantsRead, wantsWrite): (Int32, Int32) = (2, 3)
        static let system: Int32 = 5
        static let ended: Int32 = 6
    }

    /// What a BIO is asked.
    enum Question {
        static let end: Int32 = 2
        static let flush: Int32 = 11
        /// Of datagrams: what of each is not the library's.
        static let overhead: Int32 = 49
    }

    /// Flags of a BIO: it is to be asked again once it can be read; and all of them.
    static let (retryRead, retryAll): (Int32, Int32) = (1 | 8, 0xF)
    /// BIO_TYPE_SOURCE_SINK.
    static let sourceSink: Int32 = 0x400

    /// Reasons of errors, from sslerr.h and x509err.h.
    enum Reason {
        static let unexpectedEnd = 294
        static let wrongVersion = 267
        static let certificateVerifyFailed = 134
        static let unsupportedProtocol = 258
        static let noSharedCipher = 193
        static let versionTooLow = 396
        static let noCertificateFromPeer = 199
        static let noProtocols = 191
        /// An alert of the peer is 1000 and its number.
        static let alerts = 1000
    }

    static let subjectAlternativeName: Int32 = 85
    static let pem: Int32 = 1
}
