private import Glibc

/// A socket option that somebody chose by its numbers, with its value as the kernel takes it.
public struct ChosenOption: Sendable, Hashable {
    /// The value, in the shape that the option has.
    public enum Value: Sendable, Hashable {
        case integer(Int32)
        case bytes([UInt8])
        case text([UInt8])
    }

    public let level: Int32
    public let number: Int32
    public let value: Value
    /// What it is called in errors and traces: `SOL_SOCKET:SO_MARK`.
    public let name: String

    /// An option by its numbers; `name` is what errors call it.
    public init(level: Int32, number: Int32, value: Value, name: String) {
        self.level = level
        self.number = number
        self.value = value
        self.name = name
    }

    /// setsockopt(2).
    package func set(on descriptor: Int32) throws(Errno) {
        let bytes: [UInt8] =
            switch value {
            case .integer(let number):
                (0..<4).map { UInt8(truncatingIfNeeded: UInt32(bitPattern: number).littleEndian >> ($0 * 8)) }
            case .bytes(let bytes): bytes
            // Options that take a name, such as TCP_CONGESTION, take its length beside it; a zero byte behind it does no harm.
            case .text(let bytes): bytes
            }
        _ = try SystemCall.perform(
            "setsockopt", on: descriptor,
            arguments: "\(descriptor), \(name.split(separator: ":").joined(separator: ", ")), \(shown)"
        ) {
            unsafe bytes.withUnsafeBytes { room in
                unsafe Int(setsockopt(descriptor, level, number, room.baseAddress, UInt32(room.count)))
            }
        }
    }

    private var shown: String {
        switch value {
        case .integer(let number): "\(number)"
        case .bytes(let bytes): "\(bytes.count) bytes"
        case .text(let bytes): "\"\(String(decoding: bytes, as: UTF8.self))\""
        }
    }
}
