private import Synchronization

/// What opens a private key. Without one the library would ask at the terminal, and wait.
@safe final class Password: Sendable {
    private let bytes: [UInt8]?
    private let asked = Lock(false)

    /// The first line of a file.
    init(_ path: ByteString?) throws(TLSFailure) {
        guard let path else {
            bytes = nil
            return
        }
        let text: String
        do throws(Errno) { text = try NamedFile.text(of: path, atMost: 4096) } catch {
            throw NamedFile.failure(path, error)
        }
        var line = text.utf8.prefix { $0 != UInt8(ascii: "\n") }
        if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
        bytes = Array(line)
    }

    var isThere: Bool { bytes != nil }
    /// A key was found that needs it.
    var wasAsked: Bool { asked.withLock { $0 } }

    static let callback:
        @convention(c) (UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?) -> Int32 = {
            room, size, _, password in
            guard let password = unsafe password, let room = unsafe room else { return -1 }
            let own = unsafe Unmanaged<Password>.fromOpaque(password).takeUnretainedValue()
            own.asked.withLock { $0 = true }
            guard let bytes = own.bytes, bytes.count <= Int(size) else { return -1 }
            for (index, byte) in bytes.enumerated() { unsafe room[index] = CChar(bitPattern: byte) }
            return Int32(bytes.count)
        }
}
