extension HTTPRefusal {
    /// What is wrong with a message.
    public enum Fault: Error, Sendable, Hashable {
        // Of any line.
        case bareCarriageReturn, bareLineFeed
        case controlByte(UInt8)
        case lineTooLong(limit: Int)
        case headTooLong(limit: Int)
        case emptyLines(limit: Int)

        // Of the start line.
        case tlsHandshake
        case notThreeParts
        case badMethod
        case badTarget, fragmentInTarget, userinfoInTarget
        case asteriskForm, authorityForm, connectTarget
        case badVersion
        case unsupportedVersion(major: UInt8)
        case badStatusCode

        // Of a field line.
        case folded
        case noColon, emptyName, spaceBeforeColon
        case nameByte(UInt8)
        case tooManyFields(limit: Int)
        case forbiddenTrailer

        // Of what the fields say.
        case missingHost, repeatedHost, badHost
        case badContentLength, contentLengthBeyondCounting, repeatedContentLength, contentLengthAndTransferEncoding
        case transferEncodingInHTTP10
        case chunkedNotLast, chunkedTwice, badTransferEncoding, unknownCoding
        case unmetExpectation

        // Of the content.
        case bodyTooLong(limit: Int)
        case badChunkSize, chunkSizeOverflow
        case badChunkExtension
        case chunkExtensionsTooLong(limit: Int)
        case noLineEndAfterChunk
        case truncated

        /// What is wrong with a byte that ends no line and has no place in one.
        init(lineByte byte: UInt8) {
            switch byte {
            case UInt8(ascii: "\r"): self = .bareCarriageReturn
            case UInt8(ascii: "\n"): self = .bareLineFeed
            default: self = .controlByte(byte)
            }
        }

        var isLimit: Bool {
            switch self {
            case .lineTooLong, .headTooLong, .emptyLines, .tooManyFields, .bodyTooLong, .chunkExtensionsTooLong,
                .contentLengthBeyondCounting:
                true
            default: false
            }
        }

        func status(at place: Place) -> HTTPStatus {
            switch self {
            case .lineTooLong: place == .startLine ? 414 : 431
            case .headTooLong, .tooManyFields: 431
            case .bodyTooLong, .contentLengthBeyondCounting: 413
            case .unsupportedVersion: 505
            case .unknownCoding: 501
            case .unmetExpectation: 417
            default: 400
            }
        }

        /// Without a capital and a full stop.
        package var text: String {
            switch self {
            case .bareCarriageReturn: "a carriage return stands without its line feed"
            case .bareLineFeed: "a line feed stands without its carriage return"
            case .controlByte(let byte): "the control byte \(Self.hexadecimal(byte)) has no place there"
            case .lineTooLong(let limit), .bodyTooLong(let limit): "it is longer than the limit of \(Self.bytes(limit))"
            case .headTooLong(let limit): "with it all lines are longer than the limit of \(Self.bytes(limit))"
            case .emptyLines(let limit): "more than \(limit) empty lines came before it"
            case .tlsHandshake: "these are the bytes of a TLS handshake, and plain HTTP is spoken here"
            case .notThreeParts: "it is not a method, a target and a version with one space between them"
            case .badMethod: "the method is not a token"
            case .badTarget: "the target is no URI"
            case .fragmentInTarget: "the target has a fragment, which is the client's own"
            case .userinfoInTarget: "the target names a user"
            case .asteriskForm: "the target * is for OPTIONS alone"
            case .authorityForm: "the target is neither a path nor a URI with its scheme"
            case .connectTarget: "the target of CONNECT is not a host and a port"
            case .badVersion: "the version is not HTTP/, a digit, a dot and a digit"
            case .unsupportedVersion(let major): "the major version \(major) is not spoken here"
            case .badStatusCode: "the status is not three digits"
            case .folded: "it begins with a space: folded lines are obsolete"
            case .noColon: "it has no colon"
            case .emptyName: "it has no name"
            case .spaceBeforeColon: "a space stands before the colon"
            case .nameByte(let byte): "the byte \(Self.hexadecimal(byte)) has no place in a name"
            case .tooManyFields(let limit): "there are more than \(limit) field lines"
            case .forbiddenTrailer: "this field has no place in a trailer"
            case .missingHost: "there is no Host"
            case .repeatedHost: "it is a second Host"
            case .badHost: "the Host is not a host and perhaps a port"
            case .badContentLength: "the Content-Length is not a decimal number"
            case .contentLengthBeyondCounting: "the Content-Length is larger than anything can be"
            case .repeatedContentLength: "it is a second Content-Length"
            case .contentLengthAndTransferEncoding: "both Content-Length and Transfer-Encoding are there"
            case .transferEncodingInHTTP10: "HTTP/1.0 has no Transfer-Encoding"
            case .chunkedNotLast: "the last transfer coding is not chunked"
            case .chunkedTwice: "chunked is applied more than once"
            case .badTransferEncoding: "the Transfer-Encoding is not a list of codings"
            case .unknownCoding: "a transfer coding other than chunked is not spoken here"
            case .unmetExpectation: "the only expectation that can be met is 100-continue"
            case .badChunkSize: "its size is not a hexadecimal number"
            case .chunkSizeOverflow: "its size is beyond any number"
            case .badChunkExtension: "its extension is not names with values"
            case .chunkExtensionsTooLong(let limit): "the extensions are longer than the limit of \(Self.bytes(limit))"
            case .noLineEndAfterChunk: "no CRLF stands behind its data"
            case .truncated: "the connection ended inside it"
            }
        }

        private static func bytes(_ count: Int) -> String { count == 1 ? "1 byte" : "\(count) bytes" }

        private static func hexadecimal(_ byte: UInt8) -> String {
            (byte < 16 ? "0x0" : "0x") + String(byte, radix: 16)
        }
    }
}
