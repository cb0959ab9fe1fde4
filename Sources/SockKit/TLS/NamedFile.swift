/// A file that a person named, as the library may read it: it reads to the end whatever it is given, and nothing could
/// stop it while it waits for a pipe that nobody writes to, or reads a device without an end.
final class NamedFile: Sendable {
    /// Where the library finds it: where it was named, or a copy in memory.
    let path: ByteString
    /// As it was named, which is how errors tell it.
    let named: ByteString
    /// The copy's descriptor; negative where there is none.
    private let memory: Int32

    /// Certificates are longer only by mistake.
    static let most = 16 << 20
    /// Lists of what was withdrawn grow for years.
    static let mostOfRevocations = 512 << 20
    private static let patience = Duration.seconds(5)

    init(_ named: ByteString, atMost most: Int = NamedFile.most) throws(TLSFailure) {
        do throws(Errno) { memory = try Self.copy(of: named, atMost: most) } catch { throw Self.failure(named, error) }
        self.named = named
        path = memory < 0 ? named : ByteString("/proc/self/fd/\(memory)")
    }

    deinit {
        if memory >= 0 { try? FileDescriptor(adopting: memory).close() }
    }

    /// A descriptor of a copy in memory; -1 for what the library may read by itself.
    private static func copy(of named: ByteString, atMost most: Int) throws(Errno) -> Int32 {
        guard let bytes = try strangeBytes(of: named, atMost: most) else { return -1 }
        let number = try FileCalls.openMemory("sockctl").release()
        do throws(Errno) { try FileCalls.writeBlocking(number, bytes.span) } catch {
            try? FileDescriptor(adopting: number).close()
            throw error
        }
        return number
    }

    /// What is in a file that is none of the usual kinds; nil for one that is.
    private static func strangeBytes(of named: ByteString, atMost most: Int) throws(Errno) -> [UInt8]? {
        let file = try FileCalls.open(named, for: .read, nonBlocking: true)
        let identity = try FileCalls.identity(of: file.rawValue)
        // The library would read all of it, and so should we to know what is trusted.
        if identity.kind == .regular, identity.size > Int64(most) { throw .fileTooLarge }
        let isUsual = identity.kind == .regular || identity.kind == .directory
        return isUsual ? nil : try bytes(of: file.rawValue, identity.kind, atMost: most)
    }

    /// The text of a file that is read here, whatever it is. One that must be private is refused (EPERM) where another user
    /// may read or write it.
    static func text(of named: ByteString, atMost most: Int, mustBePrivate: Bool = false) throws(Errno) -> String {
        let file = try FileCalls.open(named, for: .read, nonBlocking: true)
        if mustBePrivate, try !FileCalls.isPrivate(file.rawValue) { throw .notPermitted }
        let kind = try FileCalls.identity(of: file.rawValue).kind
        return String(decoding: try bytes(of: file.rawValue, kind, atMost: most), as: UTF8.self)
    }

    static func failure(_ path: ByteString, _ error: Errno) -> TLSFailure {
        error == .timedOut
            ? TLSFailure(.unreadable, "\(path): its end did not come within \(patience.components.seconds) s")
            : TLSFailure(.unreadable, "\(path): \(error)")
    }

    /// A pipe has its writer's time, but not for ever (ETIMEDOUT).
    private static func bytes(
        of file: Int32, _ kind: FileKind, atMost most: Int
    ) throws(Errno) -> [UInt8] {
        let end = Deadline.now + patience
        var bytes: [UInt8] = []
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
        defer { unsafe room.deallocate() }
        while true {
            switch try unsafe TransferCalls.read(file, into: room) {
            case .done(let count) where count > 0:
                guard bytes.count + count <= most else { throw .fileTooLarge }
                unsafe bytes.append(contentsOf: room[..<count])
            // Before somebody has come who will write, a pipe has an end as well.
            case .done where kind != .pipe || !bytes.isEmpty: return bytes
            case .done, .wouldBlock:
                guard !end.hasPassed else { throw .timedOut }
                UnwatchedCalls.pause()
            }
        }
    }
}

extension TLSRules {
    /// What a person called a file that the library reads elsewhere.
    func name(of path: ByteString) -> ByteString { files.first { $0.path == path }?.named ?? path }

    /// The same, with files that the library reads without waiting; the copies are there as long as the rules are.
    func readable() throws(TLSFailure) -> TLSRules {
        var rules = self
        func copy(_ path: ByteString, atMost most: Int = NamedFile.most) throws(TLSFailure) -> ByteString {
            let file = try NamedFile(path, atMost: most)
            rules.files.append(file)
            return file.path
        }
        for index in authorities.indices { rules.authorities[index] = try copy(authorities[index]) }
        for (index, identity) in identities.enumerated() {
            let certificate = try copy(identity.certificate)
            // What has both in it is read once.
            let key = identity.key == identity.certificate ? certificate : try copy(identity.key)
            rules.identities[index] = Identity(certificate: certificate, key: key)
        }
        if let revocations { rules.revocations = try copy(revocations, atMost: NamedFile.mostOfRevocations) }
        if let passwordFile { rules.passwordFile = try copy(passwordFile) }
        return rules
    }
}
