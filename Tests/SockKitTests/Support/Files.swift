import Glibc

/// All of a file.
func contents(of path: String) throws -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw HarnessError("open \(path)") }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
        let count = unsafe read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw HarnessError("read \(path)") }
        if count == 0 { return bytes }
        bytes += buffer[..<count]
    }
}

/// Makes a file with these bytes.
func writeFile(_ path: String, _ bytes: [UInt8]) throws {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw HarnessError("open \(path)") }
    defer { close(descriptor) }
    var written = 0
    while written < bytes.count {
        let count = unsafe bytes.withUnsafeBytes { buffer in
            unsafe write(descriptor, buffer.baseAddress! + written, bytes.count - written)
        }
        guard count > 0 else { throw HarnessError("write \(path)") }
        written += count
    }
}

/// The names in a directory, without its own and its parent's.
func names(in directory: String) -> [String] {
    guard let stream = unsafe opendir(directory) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        }
        if name != "." && name != ".." { names.append(name) }
    }
    return names
}

/// Removes a file, or a directory with all that is in it; links are not followed.
func removeTree(_ path: String) {
    if let status = fileStatus(of: path), status.st_mode & S_IFMT == S_IFDIR {
        for name in names(in: path) { removeTree("\(path)/\(name)") }
    }
    unsafe remove(path)
}

/// What lstat(2) says of a path; nil if nothing is there.
func fileStatus(of path: String) -> stat? {
    var result = stat()
    return unsafe lstat(path, &result) == 0 ? result : nil
}

/// Bytes without a pattern that a lost, doubled or exchanged block could hide in; the same for the same seed.
func noise(_ count: Int, seed: UInt64 = 7) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    // Word by word, and without a check for each byte: many tests want megabytes of it.
    let whole = (count + 7) / 8 * 8
    return unsafe [UInt8](unsafeUninitializedCapacity: whole) { buffer, initialized in
        let words = UnsafeMutableRawBufferPointer(buffer)
        for offset in stride(from: 0, to: whole, by: 8) {
            unsafe words.storeBytes(of: generator.next(), toByteOffset: offset, as: UInt64.self)
        }
        initialized = count
    }
}
