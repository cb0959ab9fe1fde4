import SockKit

// What readers at once, torn messages and the I/O models tell.

extension BytePiece {
    /// `a×65536`; a byte that is no printable character as `\x00`.
    var text: String { "\(name)×\(count)" }

    var json: JSONValue {
        .object([.init("byte", .string(name)), .init("count", .integer(count))])
    }

    private var name: String {
        if (33...126).contains(byte) { return String(UnicodeScalar(byte)) }
        let digits = String(byte, radix: 16)
        return "\\x" + String(repeating: "0", count: 2 - digits.utf8.count) + digits
    }
}

extension IOModelWait {
    var text: String {
        let what = bytes == 0 ? "the end" : Quantity.bytes(bytes)
        let vain = wouldBlock > 0 ? ", \(wouldBlock) of them in vain" : ""
        return "waited \(Quantity.duration(time)) for \(what): \(Quantity.count(calls, "system call"))\(vain), "
            + "\(Quantity.duration(processorTime)) of CPU"
    }

    var members: [JSONValue.Member] {
        [
            .init("bytes", .integer(bytes)), .init("seconds", .seconds(time)), .init("calls", .integer(calls)),
            .init("would_block", .integer(wouldBlock)), .init("cpu_seconds", .seconds(processorTime)),
        ]
    }
}
