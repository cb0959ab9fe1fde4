import SockKit
import Testing

@Suite struct SOCKS5DatagramHeaderTests {
    @Test func `the header of a datagram is read and written, and the payload is what follows`() throws {
        let header = SOCKS5DatagramHeader(SOCKSDestination(IPAddress(v4: 10, 0, 0, 1), port: 53))
        var bytes: [UInt8] = []
        header.append(to: &bytes)
        #expect(bytes == [0, 0, 0, 1, 10, 0, 0, 1, 0, 53] && header.length == bytes.count)
        let datagram = bytes + [1, 2, 3]
        #expect(try SOCKS5DatagramHeader(datagram.span) == header)
        let named = SOCKS5DatagramHeader(SOCKSDestination(SOCKSName("a.b")!, port: 53))
        var second: [UInt8] = []
        named.append(to: &second)
        #expect(second.count == named.length && (try? SOCKS5DatagramHeader(second.span)) == named)
        let v6 = SOCKS5DatagramHeader(SOCKSDestination(.v6Loopback, port: 53))
        #expect(v6.length == 22)
    }

    @Test func `the payload begins behind the address as it came, also where that stands for another`() throws {
        let mapped: [UInt8] = Array(repeating: 0, count: 10) + [255, 255, 10, 0, 0, 1]
        let datagram: [UInt8] = [0, 0, 0, 4] + mapped + [0, 53, 7]
        let header = try SOCKS5DatagramHeader(datagram.span)
        #expect(header.destination.description == "10.0.0.1:53" && header.length == datagram.count - 1)
    }

    @Test func `a fragment is told from a datagram of its own`() throws {
        let bytes: [UInt8] = [0, 0, 0x81, 1, 10, 0, 0, 1, 0, 53]
        #expect(try SOCKS5DatagramHeader(bytes.span).fragment == 0x81)
    }

    @Test func `a datagram that ends inside its header, or whose reserved bytes are not zero, is refused`() {
        for count in 0..<10 {
            let bytes: [UInt8] = Array([0, 0, 0, 1, 10, 0, 0, 1, 0, 53].prefix(count))
            #expect(throws: SOCKSFault.self) { try SOCKS5DatagramHeader(bytes.span) }
        }
        let unreserved: [UInt8] = [0, 1, 0, 1, 10, 0, 0, 1, 0, 53]
        #expect(throws: SOCKSFault.self) { try SOCKS5DatagramHeader(unreserved.span) }
    }
}
