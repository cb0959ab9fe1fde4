import Testing

@testable import SockKit

@Suite struct ByteScannerTests {
    /// What each search is said to find, a byte at a time.
    private static let searches:
        [(name: String, find: @Sendable (Span<UInt8>, Int) -> Int, stopsAt: @Sendable (UInt8) -> Bool)] = [
            ("control", { ByteScanner.firstControl(in: $0, from: $1) }, { $0 < 32 && $0 != 9 || $0 == 127 }),
            ("target", { ByteScanner.endOfTarget(in: $0, from: $1) }, { $0 <= 32 || $0 >= 127 || $0 == 35 }),
            ("token", { ByteScanner.endOfToken(in: $0, from: $1) }, { !ByteClass.token.contains($0) }),
            (
                "word", { ByteScanner.endOfWord(in: $0, from: $1) },
                { byte in
                    !(Character(Unicode.Scalar(byte)).isASCII && Character(Unicode.Scalar(byte)).isLetter)
                        && !(48...57).contains(byte) && ![45, 46, 95].contains(byte)
                }
            ),
        ]

    @Test(arguments: 0..<4)
    func `every byte is found at every place, and no other`(index: Int) {
        let search = Self.searches[index]
        for byte in UInt8.min...UInt8.max {
            for count in [1, 7, 15, 16, 17, 31, 33, 40] {
                for place in 0..<count {
                    var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: count)
                    bytes[place] = byte
                    let found = search.find(bytes.span, 0)
                    guard found == (search.stopsAt(byte) ? place : count) else {
                        Issue.record("\(search.name): \(byte) at \(place) of \(count) gave \(found)")
                        return
                    }
                }
            }
        }
    }

    @Test(arguments: 0..<4)
    func `what is before the start is not found`(index: Int) {
        let bytes = [UInt8](repeating: 0, count: 40)
        for start in 0...40 { #expect(Self.searches[index].find(bytes.span, start) == start) }
        var one = [UInt8](repeating: UInt8(ascii: "a"), count: 40)
        one[3] = 0
        for start in 4...40 { #expect(Self.searches[index].find(one.span, start) == 40) }
    }

    @Test func `a token is what the RFC says`() {
        let others = "!#$%&'*+-.^_`|~".utf8
        for byte in UInt8.min...UInt8.max {
            let isAlphanumeric = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
            #expect(ByteClass.token.contains(byte) == (isAlphanumeric || others.contains(byte)))
        }
    }
}
