/// What a service says by itself when somebody connects.
enum ScanBanner {
    /// So many bytes are waited for; a line is rarely longer.
    static let longest = 512

    /// The first line, without its end; nil where there is none or it is empty.
    static func line(of bytes: ArraySlice<UInt8>) -> [UInt8]? {
        let line = bytes.prefix(longest).prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        return line.isEmpty ? nil : Array(line)
    }
}
