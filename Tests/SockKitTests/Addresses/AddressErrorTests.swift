import SockKit
import Testing

@Suite struct AddressErrorTests {
    private static let long = String(repeating: "x", count: 108)

    @Test(
        arguments: [
            ([], "an address is missing; write HOST:PORT"),
            ([""], "an address word is empty; write HOST:PORT"),
            (["h", ""], "an address word is empty; write HOST:PORT"),
            (["a", "b", "c"], "3 address words (a b c); write HOST:PORT or HOST PORT"),
            (["h:\0"], "an address cannot contain a zero byte"),
            (["h:99999"], "port 99999 is not within 0 and 65535"),
            (["65536"], "port 65536 is not within 0 and 65535"),
            ([":-1"], "port -1 is not within 0 and 65535"),
            (["h:99999999999999999999999"], "port 99999999999999999999999 is not within 0 and 65535"),
            (["h:"], "the port is empty; write HOST:PORT"),
            (["h:a b"], "\"a b\" is neither a port number nor the name of a service"),
            (["h", "a:1"], "\"a:1\" is neither a port number nor the name of a service"),
            (["localhost"], "localhost lacks a port; write localhost:PORT"),
            (["127.0.0.1"], "127.0.0.1 lacks a port; write 127.0.0.1:PORT"),
            (["::1"], "::1 lacks a port; write [::1]:PORT"),
            (["[::1]"], "[::1] lacks a port; write [::1]:PORT"),
            (["/tmp/x"], "/tmp/x lacks a port; a path is written unix:/tmp/x"),
            (["::1:80"], "::1:80 is ambiguous; write [::1]:80"),
            (["::1:http"], "::1:http is ambiguous; write [::1]:http"),
            (["fe80::1%eth0:80"], "fe80::1%eth0:80 is ambiguous; write [fe80::1%eth0]:80"),
            ([":::80"], ":::80 is ambiguous; write [::]:80"),
            (["a:b:80"], "a:b:80 has too many colons; write HOST:PORT or [V6]:PORT"),
            (["[::1"], "[::1 lacks the closing bracket; write [::1]:80"),
            (["[::1]80"], "[::1]80 has no colon after the bracket; write [::1]:80"),
            (["[localhost]:80"], "[localhost] is not an IPv6 address in brackets, such as [::1]"),
            (["[127.0.0.1]", "80"], "[127.0.0.1] is not an IPv6 address in brackets, such as [::1]"),
            (["[]:80"], "[] is not an IPv6 address in brackets, such as [::1]"),
            (["h:80", "80"], "h:80 has a port already; 80 is too much"),
            (["[::1]:80", "h"], "[::1]:80 has a port already; h is too much"),
            (["a:b:c", "80"], "a:b:c is neither a name nor an IPv6 address"),
            (["/x:80"], "/x is not a host; a path is written unix:PATH"),
            (["a b:80"], "the host \"a b\" contains a space or a control character"),
            (["010.0.0.1:80"], "010.0.0.1 is not an IPv4 address; write four decimal numbers, such as 127.0.0.1"),
            (["127.1", "80"], "127.1 is not an IPv4 address; write four decimal numbers, such as 127.0.0.1"),
            (["0x7f000001:80"], "0x7f000001 is not an IPv4 address; write four decimal numbers, such as 127.0.0.1"),
            (["1.2.3.256:80"], "1.2.3.256 is not an IPv4 address; write four decimal numbers, such as 127.0.0.1"),
            (
                ["foo://x"],
                "unknown network foo; one of tcp, tcp4, tcp6, udp, udp4, udp6, unix, unixgram, unixpacket, vsock"
            ),
            (["tcp://"], "an address is missing after the network; write HOST:PORT"),
            (["unix:"], "the Unix path is empty; write unix:PATH or unix:@NAME"),
            (["unix:@"], "the abstract name is empty; write unix:PATH or unix:@NAME"),
            (["unix:/x", "80"], "a Unix address is one word; 80 is too much"),
            (["unix:\(long)"], "the Unix path \(long) is 108 bytes long; the limit is 107"),
            (["unix:@\(long)"], "the abstract name \(long) is 108 bytes long; the limit is 107"),
        ] as [([String], String)])
    func `what cannot be meant is refused with what would be right`(words: [String], message: String) {
        let error = #expect(throws: AddressError.self) { try Destination.parse(words, role: .dialing) }
        #expect(error?.description == message)
    }
}
