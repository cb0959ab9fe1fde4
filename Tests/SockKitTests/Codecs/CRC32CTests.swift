import Testing

@testable import SockKit

@Suite struct CRC32CTests {
    /// RFC 3720 appendix B.4.
    private static let sums: [([UInt8], UInt32)] = [
        ([UInt8](repeating: 0, count: 32), 0x8a91_36aa), ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
        (Array(0..<32), 0x46dd_794e), (Array((0..<32).reversed()), 0x113f_db5c), (Array("123456789".utf8), 0xe306_9283),
        ([], 0),
    ]

    @Test(arguments: sums)
    func `the sums are those of the RFC`(bytes: [UInt8], sum: UInt32) {
        #expect(CRC32C.of(bytes.span) == sum)
    }
}
