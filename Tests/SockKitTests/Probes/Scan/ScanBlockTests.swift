import Testing

@testable import SockKit

@Suite struct ScanBlockTests {
    @Test(arguments: [
        ("10.0.0.5", 24, "10.0.0.0", "10.0.0.255", 256), ("10.0.0.5", 32, "10.0.0.5", "10.0.0.5", 1),
        ("10.1.2.3", 30, "10.1.2.0", "10.1.2.3", 4), ("1.2.3.4", 0, "0.0.0.0", "255.255.255.255", 1 << 32),
        ("2001:db8::1:2", 112, "2001:db8::1:0", "2001:db8::1:ffff", 65536), ("::1", 128, "::1", "::1", 1),
        ("fe80::1%lo", 126, "fe80::%lo", "fe80::3%lo", 4),
    ])
    func `a block is all addresses with its prefix`(
        address: String, prefix: Int, first: String, last: String, count: Int
    ) throws {
        let block = try ScanBlock(#require(IPAddress(address)), prefix: prefix)
        #expect(block[0] == IPAddress(first))
        #expect(block.last == IPAddress(last))
        #expect(block.count == count)
    }

    @Test(arguments: [("10.0.0.0", 33), ("::", 129), ("::", 0), ("2001:db8::", 95)])
    func `a prefix that is none, or too much, is refused`(address: String, prefix: Int) throws {
        let address = try #require(IPAddress(address))
        #expect(throws: AddressError.self) { try ScanBlock(address, prefix: prefix) }
    }
}
