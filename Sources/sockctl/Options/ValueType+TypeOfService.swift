/// The names of the values that a packet's type-of-service byte takes.
enum TypeOfService {
    /// Code points are the byte's upper six bits (RFC 2474), the four older names are RFC 1349's.
    static let names: [(name: String, value: Int)] =
        (0..<8).map { ("cs\($0)", $0 << 5) }
        + (1..<5).flatMap { level in (1..<4).map { ("af\(level)\($0)", level << 5 | $0 << 3) } }
        + [
            ("critical", 0xa0), ("inetcontrol", 0xc0), ("netcontrol", 0xe0), ("ef", 0xb8), ("lowdelay", 0x10),
            ("throughput", 0x08), ("reliability", 0x04), ("lowcost", 0x02),
        ]
}

extension ValueType where Value == Int {
    /// A byte, in decimal, in hexadecimal or by name.
    static var typeOfService: Self {
        Self(placeholder: "TOS", completion: .words(TypeOfService.names.map(\.name))) {
            (text: String) throws(UsageError) in
            if let named = TypeOfService.names.first(where: { $0.name == text }) { return named.value }
            let digits = text.dropFirst(2)
            let isHexadecimal = text.hasPrefix("0x") && !digits.isEmpty && digits.allSatisfy(\.isHexDigit)
            let number = isHexadecimal ? Int(digits, radix: 16) : Decimal.number(text[...])
            guard let number, number < 256 else {
                throw UsageError("'\(text)' is not a type of service; write a number up to 255, or ef, af11, cs1")
            }
            return number
        } show: {
            String($0)
        }
    }
}
