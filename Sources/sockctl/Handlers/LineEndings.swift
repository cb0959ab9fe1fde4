import SockKit

/// `--crlf`: newlines become CR LF, but those that have their CR already, also where it came in an earlier piece.
struct LineEndings {
    private var endedInCR = false

    mutating func convert(_ bytes: Span<UInt8>) -> [UInt8] {
        var converted: [UInt8] = []
        converted.reserveCapacity(bytes.count + bytes.count / 16)
        for index in 0..<bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\n"), !endedInCR { converted.append(UInt8(ascii: "\r")) }
            converted.append(byte)
            endedInCR = byte == UInt8(ascii: "\r")
        }
        return converted
    }
}

/// Standard input with its line ends as CR LF.
@Netpoller
final class LineEndingTransform: ByteTransform {
    private var lineEndings = LineEndings()

    func push(_ bytes: Span<UInt8>, into result: inout [UInt8]) throws(NetworkError) {
        result += lineEndings.convert(bytes)
    }

    func finish(into result: inout [UInt8]) throws(NetworkError) {}
}
