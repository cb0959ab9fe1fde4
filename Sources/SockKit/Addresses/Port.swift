/// What stands where a port is expected.
enum Port: Equatable {
    case number(UInt16)
    /// A number that no port can have: above 65535, or with a sign.
    case impossible
    /// Not a number: the name of a service, perhaps.
    case name

    /// Reads decimal digits; leading zeros are harmless, they never mean octal here.
    static func read(_ text: Substring.UTF8View) -> Port {
        var digits = text
        let sign = digits.first
        let isSigned = sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+")
        if isSigned { digits.removeFirst() }
        guard !digits.isEmpty else { return .name }
        var value: UInt32 = 0
        for byte in digits {
            guard let digit = UInt32(decimal: byte) else { return .name }
            value = min(value * 10 + digit, 65536)
        }
        return isSigned ? .impossible : UInt16(exactly: value).map(Port.number) ?? .impossible
    }
}
